module "data" {
  source = "./api"
}
