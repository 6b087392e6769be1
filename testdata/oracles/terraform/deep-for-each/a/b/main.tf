variable "prefix" {}
variable "sizes" { type = map(number) }
module "c" {
  source = "./c"
  count  = length(var.sizes)
  name   = "${var.prefix}-${count.index}"
  size   = var.sizes[count.index]
}
output "leaves" { value = { for i, m in module.c : i => m.id } }
output "last" { value = module.c[*].nested }
