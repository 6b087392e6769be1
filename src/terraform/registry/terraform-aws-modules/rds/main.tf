variable "create_db_instance" {
  type    = bool
  default = true
}
variable "identifier" {
  type    = string
  default = null
}
variable "instance_use_identifier_prefix" {
  type    = bool
  default = false
}
variable "engine" {
  type    = string
  default = null
}
variable "db_name" {
  type    = string
  default = null
}
variable "port" {
  default = null
}
variable "publicly_accessible" {
  type    = bool
  default = false
}
variable "iam_database_authentication_enabled" {
  type    = bool
  default = false
}
variable "manage_master_user_password" {
  type    = bool
  default = true
}
variable "replicate_source_db" {
  type    = string
  default = null
}
variable "vpc_security_group_ids" {
  type    = list(string)
  default = []
}
variable "create_db_subnet_group" {
  type    = bool
  default = false
}
variable "db_subnet_group_name" {
  type    = string
  default = null
}
variable "subnet_ids" {
  type    = list(string)
  default = []
}
variable "region" {
  type    = string
  default = null
}

resource "aws_db_subnet_group" "this" {
  count = var.create_db_subnet_group ? 1 : 0

  region      = var.region
  name_prefix = "${coalesce(var.db_subnet_group_name, var.identifier, "db")}-"
  subnet_ids  = var.subnet_ids
}

resource "aws_db_instance" "this" {
  count = var.create_db_instance ? 1 : 0

  region                              = var.region
  identifier                          = var.instance_use_identifier_prefix ? null : var.identifier
  engine                              = var.replicate_source_db == null ? var.engine : null
  db_name                             = var.db_name
  port                                = var.port
  publicly_accessible                 = var.publicly_accessible
  iam_database_authentication_enabled = var.iam_database_authentication_enabled
  manage_master_user_password         = var.manage_master_user_password ? true : null
  replicate_source_db                 = var.replicate_source_db
  vpc_security_group_ids              = var.vpc_security_group_ids
  db_subnet_group_name                = var.create_db_subnet_group ? aws_db_subnet_group.this[0].id : var.db_subnet_group_name
}

output "db_instance_address" {
  value = try(aws_db_instance.this[0].address, null)
}
output "db_instance_arn" {
  value = try(aws_db_instance.this[0].arn, null)
}
output "db_instance_endpoint" {
  value = try(aws_db_instance.this[0].endpoint, null)
}
output "db_instance_engine" {
  value = try(aws_db_instance.this[0].engine, null)
}
output "db_instance_id" {
  value = try(aws_db_instance.this[0].id, null)
}
output "db_instance_identifier" {
  value = try(aws_db_instance.this[0].identifier, null)
}
output "db_instance_name" {
  value = try(aws_db_instance.this[0].db_name, null)
}
output "db_instance_port" {
  value = try(aws_db_instance.this[0].port, null)
}
output "db_instance_resource_id" {
  value = try(aws_db_instance.this[0].resource_id, null)
}
output "db_instance_master_user_secret_arn" {
  value = try(aws_db_instance.this[0].master_user_secret[0].secret_arn, null)
}
output "db_subnet_group_id" {
  value = try(aws_db_subnet_group.this[0].id, null)
}
