module "key" {
  source = "./key"
  users  = [module.role.arn]
}
module "role" {
  source = "./role"
  key_id = module.key.alias
}
