variable "key_id" { type = string }
resource "null_resource" "role" {}
resource "null_resource" "inline" {
  triggers = { role = null_resource.role.id, key = var.key_id }
}
output "arn" { value = null_resource.role.id }
