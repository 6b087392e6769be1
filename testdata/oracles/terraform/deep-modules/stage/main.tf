variable "name" {}
variable "size" { type = number }
variable "config" {
  type = object({ prefix = string, regions = list(string), extra = optional(map(string), {}) })
}
module "leaf" {
  source   = "./leaf"
  count    = var.size
  index    = count.index
  prefix   = var.config.prefix
  for_tags = { for r in var.config.regions : r => "${var.name}-${r}" }
}
output "all" { value = { for m in module.leaf : m.name => m.tags } }
output "first" { value = module.leaf[0].name }
output "extra" { value = var.config.extra }
