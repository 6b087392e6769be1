variable "vpc_id" {
  type    = string
  default = null
}
variable "security_group_name" {
  type    = list(string)
  default = []
}
variable "target_security_group_id" {
  type    = list(string)
  default = []
}
variable "inline_rules_enabled" {
  type    = bool
  default = false
}
variable "rules" {
  default = []
}
variable "rules_map" {
  default = {}
}
variable "rule_matrix" {
  default = []
}

locals {
  makes_group = local.enabled && length(var.target_security_group_id) == 0
  group_id    = local.enabled ? local.makes_group ? aws_security_group.default[0].id : var.target_security_group_id[0] : null

  listed = local.enabled ? merge({ _list_ = var.rules }, var.rules_map) : {}
  matrix = local.enabled && var.rule_matrix != null ? var.rule_matrix : []

  # Rules one by one, each for the sources of its own.
  simple = flatten([for name, rules in local.listed : [for i, rule in rules : {
    key              = coalesce(try(rule.key, null), "${name}[${i}]")
    type             = rule.type
    from_port        = rule.from_port
    to_port          = rule.to_port
    protocol         = rule.protocol
    cidr_blocks      = try(rule.cidr_blocks, null)
    ipv6_cidr_blocks = try(rule.ipv6_cidr_blocks, null)
    prefix_list_ids  = try(rule.prefix_list_ids, null)
    groups           = try(rule.source_security_group_id, null) == null ? [] : [rule.source_security_group_id]
    self             = try(rule.self, null) == true ? true : null
  }]])

  # The matrix: every rule of a row for all the sources of the row.
  crossed = flatten([for i, row in local.matrix : [for j, rule in row.rules : {
    key              = "${coalesce(try(row.key, null), "_m[${i}]")}#${coalesce(try(rule.key, null), "[${j}]")}"
    type             = rule.type
    from_port        = rule.from_port
    to_port          = rule.to_port
    protocol         = rule.protocol
    cidr_blocks      = try(row.cidr_blocks, null)
    ipv6_cidr_blocks = try(row.ipv6_cidr_blocks, null)
    prefix_list_ids  = try(row.prefix_list_ids, null)
    groups           = coalesce(try(row.source_security_group_ids, null), [])
    self             = try(rule.self, null) == true || try(row.self, null) == true ? true : null
  }]])

  all_egress = {
    key              = "_allow_all_egress_"
    type             = "egress"
    from_port        = 0
    to_port          = 0
    protocol         = "-1"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
    prefix_list_ids  = null
    groups           = []
    self             = null
  }
  all     = concat(local.simple, local.crossed, local.enabled && var.allow_all_egress ? [local.all_egress] : [])
  inline  = var.inline_rules_enabled ? local.all : []
  ingress = [for rule in local.inline : rule if rule.type == "ingress"]
  egress  = [for rule in local.inline : rule if rule.type == "egress"]
  apart   = var.inline_rules_enabled ? [] : local.all

  # A rule resource takes ranges, or one group, or the group itself: the module makes one of each, so do these.
  by_range = { for rule in local.apart : rule.key => rule if rule.cidr_blocks != null || rule.ipv6_cidr_blocks != null || rule.prefix_list_ids != null }
  by_self  = { for rule in local.apart : rule.key => rule if rule.self == true }
  by_group = flatten([for rule in local.apart : [for i, group in rule.groups : merge(rule, { key = "${rule.key}#sg#${i}", group = group })]])
}

resource "aws_security_group" "default" {
  count = local.makes_group ? 1 : 0

  name   = length(var.security_group_name) > 0 ? var.security_group_name[0] : local.id
  vpc_id = var.vpc_id

  dynamic "ingress" {
    for_each = local.ingress
    content {
      from_port        = ingress.value.from_port
      to_port          = ingress.value.to_port
      protocol         = ingress.value.protocol
      cidr_blocks      = ingress.value.cidr_blocks
      ipv6_cidr_blocks = ingress.value.ipv6_cidr_blocks
      prefix_list_ids  = ingress.value.prefix_list_ids
      security_groups  = ingress.value.groups
      self             = ingress.value.self
    }
  }
  dynamic "egress" {
    for_each = local.egress
    content {
      from_port        = egress.value.from_port
      to_port          = egress.value.to_port
      protocol         = egress.value.protocol
      cidr_blocks      = egress.value.cidr_blocks
      ipv6_cidr_blocks = egress.value.ipv6_cidr_blocks
      prefix_list_ids  = egress.value.prefix_list_ids
      security_groups  = egress.value.groups
      self             = egress.value.self
    }
  }
}

resource "aws_security_group_rule" "keyed" {
  for_each = local.by_range

  security_group_id = local.group_id
  type              = each.value.type
  from_port         = each.value.from_port
  to_port           = each.value.to_port
  protocol          = each.value.protocol
  cidr_blocks       = each.value.cidr_blocks
  ipv6_cidr_blocks  = each.value.ipv6_cidr_blocks
  prefix_list_ids   = each.value.prefix_list_ids
}

resource "aws_security_group_rule" "self" {
  for_each = local.by_self

  security_group_id = local.group_id
  type              = each.value.type
  from_port         = each.value.from_port
  to_port           = each.value.to_port
  protocol          = each.value.protocol
  self              = true
}

resource "aws_security_group_rule" "group" {
  for_each = { for rule in local.by_group : rule.key => rule }

  security_group_id        = local.group_id
  type                     = each.value.type
  from_port                = each.value.from_port
  to_port                  = each.value.to_port
  protocol                 = each.value.protocol
  source_security_group_id = each.value.group
}

output "id" {
  value = local.group_id
}
output "arn" {
  value = one(aws_security_group.default[*].arn)
}
output "name" {
  value = one(aws_security_group.default[*].name)
}
