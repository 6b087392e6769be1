variable "value" {}
resource "terraform_data" "d" {
  input = { value = var.value, path = path.module }
}
output "upper" { value = upper(var.value) }
output "self" { value = { up = upper(terraform_data.d.input.value), n = length(var.value) } }
