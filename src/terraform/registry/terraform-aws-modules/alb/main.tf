variable "create" {
  type    = bool
  default = true
}
variable "name" {
  type    = string
  default = null
}
variable "load_balancer_type" {
  type    = string
  default = "application"
}
variable "internal" {
  type    = bool
  default = null
}
variable "subnets" {
  type    = list(string)
  default = null
}
variable "vpc_id" {
  type    = string
  default = null
}
variable "security_groups" {
  type    = list(string)
  default = []
}
variable "create_security_group" {
  type    = bool
  default = true
}
variable "security_group_ingress_rules" {
  default = {}
}
variable "security_group_egress_rules" {
  default = {}
}
variable "target_groups" {
  default = {}
}
variable "additional_target_group_attachments" {
  default = {}
}

resource "aws_lb" "this" {
  count = var.create ? 1 : 0

  name               = var.name
  load_balancer_type = var.load_balancer_type
  internal           = var.internal
  subnets            = var.subnets
  security_groups    = concat(var.security_groups, aws_security_group.this[*].id)
}

resource "aws_lb_target_group" "this" {
  for_each = var.create ? var.target_groups : {}

  name        = try(each.value.name, null)
  target_type = try(each.value.target_type, null)
  port        = try(each.value.target_type, null) == "lambda" ? null : try(each.value.port, null)
  protocol    = try(each.value.target_type, null) == "lambda" ? null : try(each.value.protocol, null)
  vpc_id      = try(each.value.target_type, null) == "lambda" ? null : try(each.value.vpc_id, var.vpc_id)
}

resource "aws_lb_target_group_attachment" "this" {
  for_each = { for key, group in var.target_groups : key => group if var.create && try(group.create_attachment, true) }

  target_group_arn = aws_lb_target_group.this[each.key].arn
  target_id        = each.value.target_id
  port             = try(each.value.target_type, null) == "lambda" ? null : try(each.value.port, null)

  depends_on = [aws_lambda_permission.this]
}

resource "aws_lb_target_group_attachment" "additional" {
  for_each = var.create ? var.additional_target_group_attachments : {}

  target_group_arn = aws_lb_target_group.this[each.value.target_group_key].arn
  target_id        = each.value.target_id
  port             = try(each.value.target_type, null) == "lambda" ? null : try(each.value.port, null)

  depends_on = [aws_lambda_permission.this]
}

resource "aws_lambda_permission" "this" {
  for_each = { for key, group in var.target_groups : key => group if var.create && try(group.attach_lambda_permission, false) }

  action             = try(each.value.lambda_action, "lambda:InvokeFunction")
  principal          = try(each.value.lambda_principal, "elasticloadbalancing.amazonaws.com")
  function_name      = each.value.lambda_function_name
  qualifier          = try(each.value.lambda_qualifier, null)
  source_arn         = aws_lb_target_group.this[each.key].arn
  source_account     = try(each.value.lambda_source_account, null)
  event_source_token = try(each.value.lambda_event_source_token, null)
}

resource "aws_security_group" "this" {
  count = var.create && var.create_security_group ? 1 : 0

  vpc_id = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = var.create && var.create_security_group ? var.security_group_ingress_rules : {}

  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(coalesce(each.value.ip_protocol, "tcp"), "tcp")
  from_port                    = try(each.value.from_port, null)
  to_port                      = try(each.value.to_port, each.value.from_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id, null)
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = var.create && var.create_security_group ? var.security_group_egress_rules : {}

  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(coalesce(each.value.ip_protocol, "tcp"), "tcp")
  from_port                    = try(each.value.from_port, null)
  to_port                      = try(each.value.to_port, each.value.from_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id, null)
}

output "id" {
  value = try(aws_lb.this[0].id, null)
}
output "arn" {
  value = try(aws_lb.this[0].arn, null)
}
output "dns_name" {
  value = try(aws_lb.this[0].dns_name, null)
}
output "zone_id" {
  value = try(aws_lb.this[0].zone_id, null)
}
output "target_groups" {
  value = aws_lb_target_group.this
}
output "security_group_id" {
  value = try(aws_security_group.this[0].id, null)
}
output "security_group_arn" {
  value = try(aws_security_group.this[0].arn, null)
}
