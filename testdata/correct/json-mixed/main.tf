variable "x" { default = 1 }
locals {
  c = local.a
}
output "o" { value = local.b }
