variable "regions" { default = { eu = ["a", "b"], us = ["c"] } }
module "a" {
  source   = "./a"
  for_each = var.regions
  region   = each.key
  zones    = each.value
}
resource "terraform_data" "top" {
  input = {
    all   = { for r, m in module.a : r => m.ids }
    one   = module.a["eu"].tree["b"].leaves["1"]
    flat  = sort(flatten([for r, m in module.a : [for z, ids in m.ids : values(ids)]]))
    keys  = { for r, m in module.a : r => keys(m.tree) }
    depth = module.a["us"].deepest
  }
}
