variable "index" { type = number }
variable "prefix" { type = string }
variable "for_tags" { type = map(string) }
locals {
  name = format("%s-%02d", var.prefix, var.index)
}
resource "terraform_data" "this" {
  for_each = var.for_tags
  input    = { name = local.name, tag = each.value, module = path.module }
}
output "name" { value = local.name }
output "tags" { value = { for k, t in terraform_data.this : k => t.input.tag } }
