variable "create" {
  type    = bool
  default = true
}
variable "name" {
  type    = string
  default = ""
}
variable "engine" {
  type    = string
  default = null
}
variable "engine_mode" {
  type    = string
  default = null
}
variable "database_name" {
  type    = string
  default = null
}
variable "port" {
  default = null
}
variable "iam_database_authentication_enabled" {
  type    = bool
  default = null
}
variable "enable_http_endpoint" {
  type    = bool
  default = null
}
variable "manage_master_user_password" {
  type    = bool
  default = true
}
variable "instances" {
  default = {}
}
variable "vpc_id" {
  type    = string
  default = ""
}
variable "subnets" {
  type    = list(string)
  default = []
}
variable "db_subnet_group_name" {
  type    = string
  default = ""
}
variable "create_db_subnet_group" {
  type    = bool
  default = false
}
variable "create_security_group" {
  type    = bool
  default = true
}
variable "vpc_security_group_ids" {
  type    = list(string)
  default = []
}
variable "publicly_accessible" {
  type    = bool
  default = null
}
variable "security_group_rules" {
  default = {}
}

locals {
  port  = try(coalesce(var.port, var.engine == "aurora-postgresql" || var.engine == "postgres" ? 5432 : 3306), null)
  group = var.create_db_subnet_group ? try(aws_db_subnet_group.this[0].name, null) : try(coalesce(var.db_subnet_group_name, var.name), null)
}

resource "aws_db_subnet_group" "this" {
  count = var.create && var.create_db_subnet_group ? 1 : 0

  name       = try(coalesce(var.db_subnet_group_name, var.name), null)
  subnet_ids = var.subnets
}

resource "aws_rds_cluster" "this" {
  count = var.create ? 1 : 0

  cluster_identifier                  = var.name
  engine                              = var.engine
  engine_mode                         = var.engine_mode
  database_name                       = var.database_name
  port                                = local.port
  db_subnet_group_name                = local.group
  enable_http_endpoint                = var.enable_http_endpoint
  iam_database_authentication_enabled = var.iam_database_authentication_enabled
  manage_master_user_password         = var.manage_master_user_password ? true : null
  vpc_security_group_ids              = concat(aws_security_group.this[*].id, var.vpc_security_group_ids)
}

resource "aws_rds_cluster_instance" "this" {
  for_each = var.create && var.engine_mode != "serverless" ? var.instances : {}

  cluster_identifier   = aws_rds_cluster.this[0].id
  engine               = var.engine
  db_subnet_group_name = local.group
  publicly_accessible  = try(each.value.publicly_accessible, var.publicly_accessible)
}

resource "aws_security_group" "this" {
  count = var.create && var.create_security_group ? 1 : 0

  name_prefix = "${var.name}-"
  vpc_id      = var.vpc_id
}

resource "aws_security_group_rule" "this" {
  for_each = var.create && var.create_security_group ? var.security_group_rules : {}

  security_group_id        = aws_security_group.this[0].id
  type                     = try(each.value.type, "ingress")
  protocol                 = try(each.value.protocol, "tcp")
  from_port                = try(each.value.from_port, local.port)
  to_port                  = try(each.value.to_port, local.port)
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  self                     = try(each.value.self, null)
  source_security_group_id = try(each.value.source_security_group_id, null)
}

output "cluster_arn" {
  value = try(aws_rds_cluster.this[0].arn, null)
}
output "cluster_id" {
  value = try(aws_rds_cluster.this[0].id, null)
}
output "cluster_endpoint" {
  value = try(aws_rds_cluster.this[0].endpoint, null)
}
output "cluster_reader_endpoint" {
  value = try(aws_rds_cluster.this[0].reader_endpoint, null)
}
output "cluster_port" {
  value = try(aws_rds_cluster.this[0].port, null)
}
output "cluster_database_name" {
  value = var.database_name
}
output "cluster_resource_id" {
  value = try(aws_rds_cluster.this[0].cluster_resource_id, null)
}
output "cluster_master_user_secret" {
  value = try(aws_rds_cluster.this[0].master_user_secret, null)
}
output "cluster_instances" {
  value = aws_rds_cluster_instance.this
}
output "security_group_id" {
  value = try(aws_security_group.this[0].id, null)
}
output "db_subnet_group_name" {
  value = local.group
}
