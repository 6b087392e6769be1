resource "terraform_data" "u" { input = "u" }
module "m" {
  source   = "./m"
  for_each = { a = terraform_data.u.id, b = "k" }
  name     = each.key
  value    = each.value
  options  = { id = terraform_data.u.id, size = 3 }
}
resource "terraform_data" "outputs" {
  input = {
    known   = module.m["a"].name
    unknown = module.m["a"].value
    all     = { for k, m in module.m : k => m.name }
    values  = { for k, m in module.m : k => m.value }
    opts    = module.m["b"].options
    whole   = module.m["b"]
    list    = [for k in sort(keys(module.m)) : module.m[k].text]
  }
}
