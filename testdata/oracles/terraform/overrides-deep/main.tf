variable "size" {
  type    = number
  default = 1
}
locals {
  a = "base"
  b = "base"
}
module "child" {
  source = "./nowhere"
  name   = "base"
  extra  = "kept"
}
output "o" { value = "base" }
resource "terraform_data" "many" {
  count            = 1
  input            = "n${count.index}"
  triggers_replace = ["base"]
}
resource "terraform_data" "seen" {
  input = { a = local.a, b = local.b, size = var.size, child = module.child.says }
}
