variable "name" {}
variable "value" {}
variable "options" {
  type = object({ id = string, size = number, more = optional(list(string), ["d"]) })
}
locals { text = "${var.name}=${var.value}" }
resource "terraform_data" "in" {
  input = { name = var.name, value = var.value, options = var.options, text = local.text, up = upper(var.name) }
}
output "name" { value = upper(var.name) }
output "value" { value = var.value }
output "options" { value = var.options }
output "text" { value = local.text }
