variable "create" {
  type    = bool
  default = true
}
variable "create_policy" {
  type    = bool
  default = true
}
variable "name" {
  type    = string
  default = null
}
variable "name_prefix" {
  type    = string
  default = null
}
variable "path" {
  type    = string
  default = null
}
variable "policy" {
  type    = string
  default = ""
}

resource "aws_iam_policy" "policy" {
  count = var.create && var.create_policy ? 1 : 0

  name        = var.name
  name_prefix = var.name_prefix
  path        = var.path
  policy      = var.policy
}

output "arn" {
  value = try(aws_iam_policy.policy[0].arn, null)
}
output "id" {
  value = try(aws_iam_policy.policy[0].id, null)
}
output "name" {
  value = try(aws_iam_policy.policy[0].name, null)
}
output "policy" {
  value = var.policy
}
