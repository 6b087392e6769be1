variable "create_table" {
  type    = bool
  default = true
}
variable "name" {
  type    = string
  default = null
}
variable "stream_enabled" {
  type    = bool
  default = false
}
variable "stream_view_type" {
  type    = string
  default = null
}

resource "aws_dynamodb_table" "this" {
  count = var.create_table ? 1 : 0

  name             = var.name
  stream_enabled   = var.stream_enabled
  stream_view_type = var.stream_view_type
}

output "dynamodb_table_arn" {
  value = try(aws_dynamodb_table.this[0].arn, "")
}
output "dynamodb_table_id" {
  value = try(aws_dynamodb_table.this[0].id, "")
}
output "dynamodb_table_stream_arn" {
  value = var.stream_enabled ? try(aws_dynamodb_table.this[0].stream_arn, "") : null
}
output "dynamodb_table_stream_label" {
  value = var.stream_enabled ? try(aws_dynamodb_table.this[0].stream_label, "") : null
}
