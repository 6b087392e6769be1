variable "region" {}
variable "zones" { type = list(string) }
module "b" {
  source   = "./b"
  for_each = toset(var.zones)
  prefix   = "${var.region}-${each.value}"
  sizes    = { "0" = 1, "1" = 2 }
}
output "ids" { value = { for z, m in module.b : z => m.leaves } }
output "tree" { value = module.b }
output "deepest" { value = module.b[var.zones[0]].last }
