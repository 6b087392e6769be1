variable "name" {}
variable "providers_list" {}
variable "region" { const = true }
variable "old" {
  default    = null
  deprecated = "use name"
}
output "deprecated" {
  value      = 1
  deprecated = "x"
}
output "typed" {
  type  = string
  value = "x"
}
resource "x_y" "lifecycle" {
  locals  = 1
  source  = "x"
  version = 3
}
output "x" { value = x_y.lifecycle.locals }
