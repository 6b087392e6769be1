variable "create" {
  type    = bool
  default = true
}
variable "create_bus" {
  type    = bool
  default = true
}
variable "bus_name" {
  type    = string
  default = "default"
}
variable "create_rules" {
  type    = bool
  default = true
}
variable "rules" {
  default = {}
}
variable "append_rule_postfix" {
  type    = bool
  default = true
}
variable "create_targets" {
  type    = bool
  default = true
}
variable "targets" {
  default = {}
}
variable "create_role" {
  type    = bool
  default = true
}
variable "role_permissions_boundary" {
  type    = string
  default = null
}
variable "trusted_entities" {
  default = []
}

locals {
  rules   = { for key, rule in var.rules : key => merge(rule, { written = var.append_rule_postfix ? "${replace(key, "_", "-")}-rule" : key }) }
  targets = merge([for key, rule in var.rules : { for target in try(var.targets[key], []) : target.name => merge(target, { rule_key = key, written = var.append_rule_postfix ? "${replace(key, "_", "-")}-rule" : key }) }]...)
}

resource "aws_cloudwatch_event_bus" "this" {
  count = var.create && var.create_bus ? 1 : 0

  name = var.bus_name
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = var.create && var.create_rules ? local.rules : {}

  name                = each.value.written
  event_bus_name      = var.create_bus ? aws_cloudwatch_event_bus.this[0].name : var.bus_name
  event_pattern       = try(each.value.event_pattern, null)
  schedule_expression = try(each.value.schedule_expression, null)
  state               = try(each.value.state, null)
  role_arn            = try(each.value.role_arn, false) == true ? aws_iam_role.eventbridge[0].arn : null
}

# The module makes no permission for the functions among its targets.
resource "aws_cloudwatch_event_target" "this" {
  for_each = var.create && var.create_targets ? local.targets : {}

  rule           = try(aws_cloudwatch_event_rule.this[each.value.rule_key].name, each.value.written)
  event_bus_name = var.create_bus ? aws_cloudwatch_event_bus.this[0].name : var.bus_name
  target_id      = try(each.value.target_id, each.key)
  arn            = try(each.value.destination, each.value.arn)
  role_arn       = try(each.value.attach_role_arn == true ? aws_iam_role.eventbridge[0].arn : tostring(each.value.attach_role_arn), null)

  dynamic "dead_letter_config" {
    for_each = try(each.value.dead_letter_arn, null) != null ? ["set"] : []
    content {
      arn = each.value.dead_letter_arn
    }
  }
}

resource "aws_iam_role" "eventbridge" {
  count = var.create && var.create_role ? 1 : 0

  permissions_boundary = var.role_permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = distinct(concat(["events.amazonaws.com"], [for entity in var.trusted_entities : entity if can(tostring(entity))])) }
    }]
  })
}

output "eventbridge_bus_name" {
  value = var.bus_name
}
output "eventbridge_bus_arn" {
  value = try(aws_cloudwatch_event_bus.this[0].arn, "")
}
output "eventbridge_rule_ids" {
  value = { for key, rule in aws_cloudwatch_event_rule.this : key => rule.id }
}
output "eventbridge_rule_arns" {
  value = { for key, rule in aws_cloudwatch_event_rule.this : key => rule.arn }
}
output "eventbridge_rules" {
  value = aws_cloudwatch_event_rule.this
}
output "eventbridge_targets" {
  value = aws_cloudwatch_event_target.this
}
output "eventbridge_role_arn" {
  value = try(aws_iam_role.eventbridge[0].arn, "")
}
output "eventbridge_role_name" {
  value = try(aws_iam_role.eventbridge[0].name, "")
}
