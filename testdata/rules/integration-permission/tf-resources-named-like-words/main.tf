module "var" {
  source = "./api"
}

module "local" {
  source = "./api"
}
