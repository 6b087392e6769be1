variable "s" {
  type      = map(string)
  sensitive = true
}
resource "aws_ssm_parameter" "p" {
  for_each = nonsensitive(toset(keys(var.s)))
  name     = each.key
  type     = "SecureString"
  value    = var.s[each.key]
}
resource "null_resource" "n" {
  for_each = toset([for k, v in nonsensitive(var.s) : k])
}
output "s" {
  value     = var.s
  sensitive = true
}
