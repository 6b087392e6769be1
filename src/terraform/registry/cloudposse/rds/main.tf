variable "vpc_id" {
  type    = string
  default = null
}
variable "subnet_ids" {
  type    = list(string)
  default = []
}
variable "db_subnet_group_name" {
  type    = string
  default = null
}
variable "database_port" {
  type    = number
  default = null
}
variable "engine" {
  type    = string
  default = null
}
variable "publicly_accessible" {
  type    = bool
  default = false
}
variable "replicate_source_db" {
  type    = string
  default = null
}
variable "database_manage_master_user_password" {
  type    = bool
  default = false
}
variable "associate_security_group_ids" {
  type    = list(string)
  default = []
}
variable "security_group_ids" {
  type    = list(string)
  default = []
}
variable "allowed_cidr_blocks" {
  type    = list(string)
  default = []
}

locals {
  names_group  = var.db_subnet_group_name != null && var.db_subnet_group_name != ""
  is_replica   = var.replicate_source_db != null && var.replicate_source_db != ""
  given_subnet = length(coalesce(var.subnet_ids, [])) > 0
  makes_group  = local.enabled && local.given_subnet && !local.names_group
}

resource "aws_db_instance" "default" {
  count = local.enabled ? 1 : 0

  identifier                  = local.id
  engine                      = var.engine
  port                        = var.database_port
  publicly_accessible         = var.publicly_accessible
  manage_master_user_password = var.database_manage_master_user_password ? true : null
  replicate_source_db         = var.replicate_source_db
  db_subnet_group_name        = local.names_group ? var.db_subnet_group_name : local.is_replica ? null : one(aws_db_subnet_group.default[*].name)
  vpc_security_group_ids      = concat(aws_security_group.default[*].id, var.associate_security_group_ids)
}

resource "aws_db_subnet_group" "default" {
  count = local.makes_group ? 1 : 0

  name       = local.id
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "default" {
  count = local.enabled ? 1 : 0

  name   = local.id
  vpc_id = var.vpc_id
}

resource "aws_security_group_rule" "ingress_security_groups" {
  count = local.enabled ? length(var.security_group_ids) : 0

  type                     = "ingress"
  from_port                = var.database_port
  to_port                  = var.database_port
  protocol                 = "tcp"
  source_security_group_id = var.security_group_ids[count.index]
  security_group_id        = aws_security_group.default[0].id
}

resource "aws_security_group_rule" "ingress_cidr_blocks" {
  count = local.enabled && length(var.allowed_cidr_blocks) > 0 ? 1 : 0

  type              = "ingress"
  from_port         = var.database_port
  to_port           = var.database_port
  protocol          = "tcp"
  cidr_blocks       = var.allowed_cidr_blocks
  security_group_id = aws_security_group.default[0].id
}

resource "aws_security_group_rule" "egress" {
  count = local.enabled ? 1 : 0

  type              = "egress"
  from_port         = 0
  to_port           = 0
  protocol          = "-1"
  cidr_blocks       = ["0.0.0.0/0"]
  security_group_id = aws_security_group.default[0].id
}

output "instance_id" {
  value = one(aws_db_instance.default[*].identifier)
}
output "instance_arn" {
  value = one(aws_db_instance.default[*].arn)
}
output "instance_address" {
  value = one(aws_db_instance.default[*].address)
}
output "instance_endpoint" {
  value = one(aws_db_instance.default[*].endpoint)
}
output "master_user_secret" {
  value = one(aws_db_instance.default[*].master_user_secret)
}
output "subnet_group_id" {
  value = one(aws_db_subnet_group.default[*].id)
}
output "security_group_id" {
  value = one(aws_security_group.default[*].id)
}
