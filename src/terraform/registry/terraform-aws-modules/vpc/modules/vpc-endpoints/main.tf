variable "create" {
  type    = bool
  default = true
}
variable "vpc_id" {
  type    = string
  default = null
}
variable "endpoints" {
  default = {}
}
variable "subnet_ids" {
  type    = list(string)
  default = []
}
variable "security_group_ids" {
  type    = list(string)
  default = []
}
variable "create_security_group" {
  type    = bool
  default = false
}
variable "security_group_name" {
  type    = string
  default = null
}
variable "security_group_name_prefix" {
  type    = string
  default = null
}
variable "security_group_rules" {
  default = {}
}

data "aws_region" "current" {}

resource "aws_vpc_endpoint" "this" {
  for_each = { for key, one in var.endpoints : key => one if var.create && try(one.create, true) }

  vpc_id              = var.vpc_id
  service_name        = try(each.value.service_endpoint, each.value.service_name, "com.amazonaws.${data.aws_region.current.region}.${each.value.service}")
  vpc_endpoint_type   = try(each.value.service_type, "Interface")
  subnet_ids          = try(each.value.service_type, "Interface") == "Interface" ? distinct(concat(var.subnet_ids, try(each.value.subnet_ids, []))) : null
  security_group_ids  = try(each.value.service_type, "Interface") == "Interface" ? distinct(concat(var.security_group_ids, aws_security_group.this[*].id, try(each.value.security_group_ids, []))) : null
  route_table_ids     = try(each.value.service_type, "Interface") == "Gateway" ? try(each.value.route_table_ids, null) : null
  private_dns_enabled = try(each.value.service_type, "Interface") == "Interface" ? try(each.value.private_dns_enabled, null) : null
}

resource "aws_security_group" "this" {
  count = var.create && var.create_security_group ? 1 : 0

  name        = var.security_group_name
  name_prefix = var.security_group_name_prefix
  vpc_id      = var.vpc_id
}

resource "aws_security_group_rule" "this" {
  for_each = var.create && var.create_security_group ? var.security_group_rules : {}

  security_group_id        = aws_security_group.this[0].id
  type                     = try(each.value.type, "ingress")
  protocol                 = try(each.value.protocol, "tcp")
  from_port                = try(each.value.from_port, 443)
  to_port                  = try(each.value.to_port, 443)
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  self                     = try(each.value.self, null)
  source_security_group_id = try(each.value.source_security_group_id, null)
}

output "endpoints" {
  value = aws_vpc_endpoint.this
}
output "security_group_id" {
  value = try(aws_security_group.this[0].id, null)
}
output "security_group_arn" {
  value = try(aws_security_group.this[0].arn, null)
}
