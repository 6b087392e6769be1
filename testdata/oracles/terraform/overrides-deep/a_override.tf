locals {
  a = "first override"
}
module "child" {
  source = "./child"
}
variable "size" {
  type    = string
  default = "7"
}
resource "terraform_data" "many" {
  count = 2
}
