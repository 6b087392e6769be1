variable "create" {
  type    = bool
  default = true
}
variable "create_sg" {
  type    = bool
  default = true
}
variable "security_group_id" {
  type    = string
  default = null
}
variable "vpc_id" {
  type    = string
  default = null
}
variable "name" {
  type    = string
  default = null
}
variable "use_name_prefix" {
  type    = bool
  default = true
}
# Which submodule was called; empty for the module itself.
variable "iacscan_submodule" {
  type    = string
  default = ""
}
variable "ingress_rules" {
  default = []
}
variable "computed_ingress_rules" {
  default = []
}
variable "number_of_computed_ingress_rules" {
  type    = number
  default = 0
}
variable "ingress_with_self" {
  default = []
}
variable "computed_ingress_with_self" {
  default = []
}
variable "number_of_computed_ingress_with_self" {
  type    = number
  default = 0
}
variable "ingress_with_cidr_blocks" {
  default = []
}
variable "computed_ingress_with_cidr_blocks" {
  default = []
}
variable "number_of_computed_ingress_with_cidr_blocks" {
  type    = number
  default = 0
}
variable "ingress_with_ipv6_cidr_blocks" {
  default = []
}
variable "computed_ingress_with_ipv6_cidr_blocks" {
  default = []
}
variable "number_of_computed_ingress_with_ipv6_cidr_blocks" {
  type    = number
  default = 0
}
variable "ingress_with_source_security_group_id" {
  default = []
}
variable "computed_ingress_with_source_security_group_id" {
  default = []
}
variable "number_of_computed_ingress_with_source_security_group_id" {
  type    = number
  default = 0
}
variable "ingress_with_prefix_list_ids" {
  default = []
}
variable "computed_ingress_with_prefix_list_ids" {
  default = []
}
variable "number_of_computed_ingress_with_prefix_list_ids" {
  type    = number
  default = 0
}
variable "ingress_cidr_blocks" {
  default = []
}
variable "ingress_ipv6_cidr_blocks" {
  default = []
}
variable "ingress_prefix_list_ids" {
  default = []
}
variable "egress_rules" {
  default = []
}
variable "computed_egress_rules" {
  default = []
}
variable "number_of_computed_egress_rules" {
  type    = number
  default = 0
}
variable "egress_with_self" {
  default = []
}
variable "computed_egress_with_self" {
  default = []
}
variable "number_of_computed_egress_with_self" {
  type    = number
  default = 0
}
variable "egress_with_cidr_blocks" {
  default = []
}
variable "computed_egress_with_cidr_blocks" {
  default = []
}
variable "number_of_computed_egress_with_cidr_blocks" {
  type    = number
  default = 0
}
variable "egress_with_ipv6_cidr_blocks" {
  default = []
}
variable "computed_egress_with_ipv6_cidr_blocks" {
  default = []
}
variable "number_of_computed_egress_with_ipv6_cidr_blocks" {
  type    = number
  default = 0
}
variable "egress_with_source_security_group_id" {
  default = []
}
variable "computed_egress_with_source_security_group_id" {
  default = []
}
variable "number_of_computed_egress_with_source_security_group_id" {
  type    = number
  default = 0
}
variable "egress_with_prefix_list_ids" {
  default = []
}
variable "computed_egress_with_prefix_list_ids" {
  default = []
}
variable "number_of_computed_egress_with_prefix_list_ids" {
  type    = number
  default = 0
}
variable "egress_cidr_blocks" {
  default = ["0.0.0.0/0"]
}
variable "egress_ipv6_cidr_blocks" {
  default = ["::/0"]
}
variable "egress_prefix_list_ids" {
  default = []
}
# Of the submodules: what they add to the lists by themselves.
variable "auto_ingress_rules" {
  default = null
}
variable "auto_ingress_with_self" {
  default = [{ rule = "all-all" }]
}
variable "auto_egress_rules" {
  default = ["all-all"]
}
variable "auto_egress_with_self" {
  default = []
}

locals {
  service = var.iacscan_submodule != ""
  group   = var.create_sg ? try(aws_security_group.this[0].id, aws_security_group.this_name_prefix[0].id, "") : var.security_group_id
  nothing = ["", "", ""]

  # Each kind of rule: those that are given, and as many as are said of those whose number could not be told from the list.
  ingress_named  = concat(local.service ? coalesce(var.auto_ingress_rules, lookup(local.services, var.iacscan_submodule, [])) : [], var.ingress_rules, [for i in range(var.number_of_computed_ingress_rules) : var.computed_ingress_rules[i]])
  ingress_self   = concat(local.service ? var.auto_ingress_with_self : [], var.ingress_with_self, [for i in range(var.number_of_computed_ingress_with_self) : var.computed_ingress_with_self[i]])
  ingress_ipv4   = concat(var.ingress_with_cidr_blocks, [for i in range(var.number_of_computed_ingress_with_cidr_blocks) : var.computed_ingress_with_cidr_blocks[i]])
  ingress_ipv6   = concat(var.ingress_with_ipv6_cidr_blocks, [for i in range(var.number_of_computed_ingress_with_ipv6_cidr_blocks) : var.computed_ingress_with_ipv6_cidr_blocks[i]])
  ingress_groups = concat(var.ingress_with_source_security_group_id, [for i in range(var.number_of_computed_ingress_with_source_security_group_id) : var.computed_ingress_with_source_security_group_id[i]])
  ingress_lists  = concat(var.ingress_with_prefix_list_ids, [for i in range(var.number_of_computed_ingress_with_prefix_list_ids) : var.computed_ingress_with_prefix_list_ids[i]])
  egress_named  = concat(local.service ? var.auto_egress_rules : [], var.egress_rules, [for i in range(var.number_of_computed_egress_rules) : var.computed_egress_rules[i]])
  egress_self   = concat(local.service ? var.auto_egress_with_self : [], var.egress_with_self, [for i in range(var.number_of_computed_egress_with_self) : var.computed_egress_with_self[i]])
  egress_ipv4   = concat(var.egress_with_cidr_blocks, [for i in range(var.number_of_computed_egress_with_cidr_blocks) : var.computed_egress_with_cidr_blocks[i]])
  egress_ipv6   = concat(var.egress_with_ipv6_cidr_blocks, [for i in range(var.number_of_computed_egress_with_ipv6_cidr_blocks) : var.computed_egress_with_ipv6_cidr_blocks[i]])
  egress_groups = concat(var.egress_with_source_security_group_id, [for i in range(var.number_of_computed_egress_with_source_security_group_id) : var.computed_egress_with_source_security_group_id[i]])
  egress_lists  = concat(var.egress_with_prefix_list_ids, [for i in range(var.number_of_computed_egress_with_prefix_list_ids) : var.computed_egress_with_prefix_list_ids[i]])
}

resource "aws_security_group" "this" {
  count = var.create && var.create_sg && !var.use_name_prefix ? 1 : 0

  name   = var.name
  vpc_id = var.vpc_id
}

resource "aws_security_group" "this_name_prefix" {
  count = var.create && var.create_sg && var.use_name_prefix ? 1 : 0

  name_prefix = "${var.name}-"
  vpc_id      = var.vpc_id
}

resource "aws_security_group_rule" "ingress_rules" {
  count = var.create ? length(local.ingress_named) : 0

  security_group_id = local.group
  type              = "ingress"
  from_port         = lookup(var.rules, local.ingress_named[count.index], local.nothing)[0]
  to_port           = lookup(var.rules, local.ingress_named[count.index], local.nothing)[1]
  protocol          = lookup(var.rules, local.ingress_named[count.index], local.nothing)[2]
  cidr_blocks       = var.ingress_cidr_blocks
  ipv6_cidr_blocks  = var.ingress_ipv6_cidr_blocks
  prefix_list_ids   = var.ingress_prefix_list_ids
}

resource "aws_security_group_rule" "ingress_with_source_security_group_id" {
  count = var.create ? length(local.ingress_groups) : 0

  security_group_id = local.group
  type              = "ingress"
  from_port         = try(local.ingress_groups[count.index].from_port, lookup(var.rules, try(local.ingress_groups[count.index].rule, "_"), local.nothing)[0])
  to_port           = try(local.ingress_groups[count.index].to_port, lookup(var.rules, try(local.ingress_groups[count.index].rule, "_"), local.nothing)[1])
  protocol          = try(local.ingress_groups[count.index].protocol, lookup(var.rules, try(local.ingress_groups[count.index].rule, "_"), local.nothing)[2])
  prefix_list_ids   = var.ingress_prefix_list_ids

  source_security_group_id = local.ingress_groups[count.index].source_security_group_id
}

resource "aws_security_group_rule" "ingress_with_cidr_blocks" {
  count = var.create ? length(local.ingress_ipv4) : 0

  security_group_id = local.group
  type              = "ingress"
  from_port         = try(local.ingress_ipv4[count.index].from_port, lookup(var.rules, try(local.ingress_ipv4[count.index].rule, "_"), local.nothing)[0])
  to_port           = try(local.ingress_ipv4[count.index].to_port, lookup(var.rules, try(local.ingress_ipv4[count.index].rule, "_"), local.nothing)[1])
  protocol          = try(local.ingress_ipv4[count.index].protocol, lookup(var.rules, try(local.ingress_ipv4[count.index].rule, "_"), local.nothing)[2])
  prefix_list_ids   = var.ingress_prefix_list_ids

  # One text with commas, not a list.
  cidr_blocks = try(compact(split(",", local.ingress_ipv4[count.index].cidr_blocks)), var.ingress_cidr_blocks)
}

resource "aws_security_group_rule" "ingress_with_ipv6_cidr_blocks" {
  count = var.create ? length(local.ingress_ipv6) : 0

  security_group_id = local.group
  type              = "ingress"
  from_port         = try(local.ingress_ipv6[count.index].from_port, lookup(var.rules, try(local.ingress_ipv6[count.index].rule, "_"), local.nothing)[0])
  to_port           = try(local.ingress_ipv6[count.index].to_port, lookup(var.rules, try(local.ingress_ipv6[count.index].rule, "_"), local.nothing)[1])
  protocol          = try(local.ingress_ipv6[count.index].protocol, lookup(var.rules, try(local.ingress_ipv6[count.index].rule, "_"), local.nothing)[2])
  prefix_list_ids   = var.ingress_prefix_list_ids

  ipv6_cidr_blocks = try(compact(split(",", local.ingress_ipv6[count.index].ipv6_cidr_blocks)), var.ingress_ipv6_cidr_blocks)
}

resource "aws_security_group_rule" "ingress_with_self" {
  count = var.create ? length(local.ingress_self) : 0

  security_group_id = local.group
  type              = "ingress"
  from_port         = try(local.ingress_self[count.index].from_port, lookup(var.rules, try(local.ingress_self[count.index].rule, "_"), local.nothing)[0])
  to_port           = try(local.ingress_self[count.index].to_port, lookup(var.rules, try(local.ingress_self[count.index].rule, "_"), local.nothing)[1])
  protocol          = try(local.ingress_self[count.index].protocol, lookup(var.rules, try(local.ingress_self[count.index].rule, "_"), local.nothing)[2])
  prefix_list_ids   = var.ingress_prefix_list_ids
  self              = try(local.ingress_self[count.index].self, true)
}

resource "aws_security_group_rule" "ingress_with_prefix_list_ids" {
  count = var.create ? length(local.ingress_lists) : 0

  security_group_id = local.group
  type              = "ingress"
  from_port         = try(local.ingress_lists[count.index].from_port, lookup(var.rules, try(local.ingress_lists[count.index].rule, "_"), local.nothing)[0])
  to_port           = try(local.ingress_lists[count.index].to_port, lookup(var.rules, try(local.ingress_lists[count.index].rule, "_"), local.nothing)[1])
  protocol          = try(local.ingress_lists[count.index].protocol, lookup(var.rules, try(local.ingress_lists[count.index].rule, "_"), local.nothing)[2])

  prefix_list_ids = try(compact(split(",", local.ingress_lists[count.index].prefix_list_ids)), var.ingress_prefix_list_ids)
}

resource "aws_security_group_rule" "egress_rules" {
  count = var.create ? length(local.egress_named) : 0

  security_group_id = local.group
  type              = "egress"
  from_port         = lookup(var.rules, local.egress_named[count.index], local.nothing)[0]
  to_port           = lookup(var.rules, local.egress_named[count.index], local.nothing)[1]
  protocol          = lookup(var.rules, local.egress_named[count.index], local.nothing)[2]
  cidr_blocks       = var.egress_cidr_blocks
  ipv6_cidr_blocks  = var.egress_ipv6_cidr_blocks
  prefix_list_ids   = var.egress_prefix_list_ids
}

resource "aws_security_group_rule" "egress_with_source_security_group_id" {
  count = var.create ? length(local.egress_groups) : 0

  security_group_id = local.group
  type              = "egress"
  from_port         = try(local.egress_groups[count.index].from_port, lookup(var.rules, try(local.egress_groups[count.index].rule, "_"), local.nothing)[0])
  to_port           = try(local.egress_groups[count.index].to_port, lookup(var.rules, try(local.egress_groups[count.index].rule, "_"), local.nothing)[1])
  protocol          = try(local.egress_groups[count.index].protocol, lookup(var.rules, try(local.egress_groups[count.index].rule, "_"), local.nothing)[2])
  prefix_list_ids   = var.egress_prefix_list_ids

  source_security_group_id = local.egress_groups[count.index].source_security_group_id
}

resource "aws_security_group_rule" "egress_with_cidr_blocks" {
  count = var.create ? length(local.egress_ipv4) : 0

  security_group_id = local.group
  type              = "egress"
  from_port         = try(local.egress_ipv4[count.index].from_port, lookup(var.rules, try(local.egress_ipv4[count.index].rule, "_"), local.nothing)[0])
  to_port           = try(local.egress_ipv4[count.index].to_port, lookup(var.rules, try(local.egress_ipv4[count.index].rule, "_"), local.nothing)[1])
  protocol          = try(local.egress_ipv4[count.index].protocol, lookup(var.rules, try(local.egress_ipv4[count.index].rule, "_"), local.nothing)[2])
  prefix_list_ids   = var.egress_prefix_list_ids

  # One text with commas, not a list.
  cidr_blocks = try(compact(split(",", local.egress_ipv4[count.index].cidr_blocks)), var.egress_cidr_blocks)
}

resource "aws_security_group_rule" "egress_with_ipv6_cidr_blocks" {
  count = var.create ? length(local.egress_ipv6) : 0

  security_group_id = local.group
  type              = "egress"
  from_port         = try(local.egress_ipv6[count.index].from_port, lookup(var.rules, try(local.egress_ipv6[count.index].rule, "_"), local.nothing)[0])
  to_port           = try(local.egress_ipv6[count.index].to_port, lookup(var.rules, try(local.egress_ipv6[count.index].rule, "_"), local.nothing)[1])
  protocol          = try(local.egress_ipv6[count.index].protocol, lookup(var.rules, try(local.egress_ipv6[count.index].rule, "_"), local.nothing)[2])
  prefix_list_ids   = var.egress_prefix_list_ids

  ipv6_cidr_blocks = try(compact(split(",", local.egress_ipv6[count.index].ipv6_cidr_blocks)), var.egress_ipv6_cidr_blocks)
}

resource "aws_security_group_rule" "egress_with_self" {
  count = var.create ? length(local.egress_self) : 0

  security_group_id = local.group
  type              = "egress"
  from_port         = try(local.egress_self[count.index].from_port, lookup(var.rules, try(local.egress_self[count.index].rule, "_"), local.nothing)[0])
  to_port           = try(local.egress_self[count.index].to_port, lookup(var.rules, try(local.egress_self[count.index].rule, "_"), local.nothing)[1])
  protocol          = try(local.egress_self[count.index].protocol, lookup(var.rules, try(local.egress_self[count.index].rule, "_"), local.nothing)[2])
  prefix_list_ids   = var.egress_prefix_list_ids
  self              = try(local.egress_self[count.index].self, true)
}

resource "aws_security_group_rule" "egress_with_prefix_list_ids" {
  count = var.create ? length(local.egress_lists) : 0

  security_group_id = local.group
  type              = "egress"
  from_port         = try(local.egress_lists[count.index].from_port, lookup(var.rules, try(local.egress_lists[count.index].rule, "_"), local.nothing)[0])
  to_port           = try(local.egress_lists[count.index].to_port, lookup(var.rules, try(local.egress_lists[count.index].rule, "_"), local.nothing)[1])
  protocol          = try(local.egress_lists[count.index].protocol, lookup(var.rules, try(local.egress_lists[count.index].rule, "_"), local.nothing)[2])

  prefix_list_ids = try(compact(split(",", local.egress_lists[count.index].prefix_list_ids)), var.egress_prefix_list_ids)
}

output "security_group_id" {
  value = try(aws_security_group.this[0].id, aws_security_group.this_name_prefix[0].id, "")
}
output "security_group_arn" {
  value = try(aws_security_group.this[0].arn, aws_security_group.this_name_prefix[0].arn, "")
}
output "security_group_vpc_id" {
  value = var.vpc_id
}
output "security_group_name" {
  value = try(aws_security_group.this[0].name, aws_security_group.this_name_prefix[0].name, "")
}
# Names of version 3.
output "this_security_group_id" {
  value = try(aws_security_group.this[0].id, aws_security_group.this_name_prefix[0].id, "")
}
output "this_security_group_name" {
  value = try(aws_security_group.this[0].name, aws_security_group.this_name_prefix[0].name, "")
}
