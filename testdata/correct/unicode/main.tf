variable "größe" { default = 1 }
locals {
  日本 = "x"
  a-b = local.日本
}
output "naïve-1" { value = "${var.größe}-${local.a-b}" }
