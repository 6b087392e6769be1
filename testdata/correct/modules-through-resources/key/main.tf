variable "users" { type = list(string) }
resource "null_resource" "key" {}
resource "null_resource" "policy" {
  triggers = { key = null_resource.key.id, users = join(",", var.users) }
}
output "alias" { value = null_resource.key.id }
