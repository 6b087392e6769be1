variable "create" {
  type    = bool
  default = true
}
variable "name" {
  type    = string
  default = null
}
variable "use_name_prefix" {
  type    = bool
  default = false
}
variable "fifo_topic" {
  type    = bool
  default = false
}
variable "create_subscription" {
  type    = bool
  default = true
}
variable "subscriptions" {
  default = {}
}

resource "aws_sns_topic" "this" {
  count = var.create ? 1 : 0

  name       = var.use_name_prefix ? null : try("${trimsuffix(var.name, ".fifo")}${var.fifo_topic ? ".fifo" : ""}", null)
  fifo_topic = var.fifo_topic ? true : null
}

# The module makes no permission for the functions that it subscribes.
resource "aws_sns_topic_subscription" "this" {
  for_each = var.create && var.create_subscription ? var.subscriptions : {}

  topic_arn             = aws_sns_topic.this[0].arn
  protocol              = each.value.protocol
  endpoint              = each.value.endpoint
  subscription_role_arn = try(each.value.subscription_role_arn, null)
  redrive_policy        = try(each.value.redrive_policy, null)
}

output "topic_arn" {
  value = try(aws_sns_topic.this[0].arn, null)
}
output "topic_id" {
  value = try(aws_sns_topic.this[0].id, null)
}
output "topic_name" {
  value = try(aws_sns_topic.this[0].name, null)
}
output "subscriptions" {
  value = aws_sns_topic_subscription.this
}
