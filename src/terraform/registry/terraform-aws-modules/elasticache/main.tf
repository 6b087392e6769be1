variable "create" {
  type    = bool
  default = true
}
variable "create_cluster" {
  type    = bool
  default = false
}
variable "create_replication_group" {
  type    = bool
  default = true
}
variable "create_primary_global_replication_group" {
  type    = bool
  default = false
}
variable "create_secondary_global_replication_group" {
  type    = bool
  default = false
}
variable "cluster_id" {
  type    = string
  default = ""
}
variable "replication_group_id" {
  type    = string
  default = null
}
variable "engine" {
  type    = string
  default = "redis"
}
variable "port" {
  type    = number
  default = null
}
variable "num_cache_nodes" {
  type    = number
  default = 1
}
variable "vpc_id" {
  type    = string
  default = null
}
variable "create_subnet_group" {
  type    = bool
  default = true
}
variable "subnet_group_name" {
  type    = string
  default = null
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
  default = true
}
variable "security_group_name" {
  type    = string
  default = null
}
variable "security_group_use_name_prefix" {
  type    = bool
  default = true
}
variable "security_group_rules" {
  default = {}
}

locals {
  # The rules take the engine's port, whatever `port` says.
  engine_port  = var.engine == "memcached" ? 11211 : 6379
  joins        = var.replication_group_id != null
  is_global    = var.create_primary_global_replication_group || var.create_secondary_global_replication_group
  makes_group  = var.create && var.create_security_group
  groups       = concat(var.security_group_ids, aws_security_group.this[*].id)
  subnet_group = var.create && var.create_subnet_group ? aws_elasticache_subnet_group.this[0].name : var.subnet_group_name
  rules        = local.makes_group ? var.security_group_rules : {}
}

# A member of a replication group has what that has.
resource "aws_elasticache_cluster" "this" {
  count = var.create && var.create_cluster && var.engine != "valkey" ? 1 : 0

  cluster_id           = var.cluster_id
  replication_group_id = var.create_replication_group ? aws_elasticache_replication_group.this[0].id : var.replication_group_id
  engine               = local.joins ? null : var.engine
  port                 = local.joins ? null : coalesce(var.port, local.engine_port)
  num_cache_nodes      = local.joins ? null : var.num_cache_nodes
  subnet_group_name    = local.joins ? null : local.subnet_group
  security_group_ids   = local.joins ? null : local.groups
}

resource "aws_elasticache_replication_group" "this" {
  count = var.create && var.create_replication_group && !local.is_global ? 1 : 0

  replication_group_id = var.replication_group_id
  engine               = var.engine
  port                 = coalesce(var.port, local.engine_port)
  subnet_group_name    = local.subnet_group
  security_group_ids   = local.groups
}

resource "aws_elasticache_replication_group" "global" {
  count = var.create && var.create_replication_group && local.is_global ? 1 : 0

  replication_group_id = var.replication_group_id
  engine               = var.create_secondary_global_replication_group ? null : var.engine
  port                 = coalesce(var.port, local.engine_port)
  subnet_group_name    = local.subnet_group
  security_group_ids   = local.groups
}

resource "aws_elasticache_subnet_group" "this" {
  count = var.create && var.create_subnet_group ? 1 : 0

  name       = try(coalesce(var.subnet_group_name, var.cluster_id, var.replication_group_id), "")
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "this" {
  count = local.makes_group ? 1 : 0

  name   = var.security_group_use_name_prefix ? null : try(coalesce(var.security_group_name, var.cluster_id, var.replication_group_id), "")
  vpc_id = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = { for name, rule in local.rules : name => rule if try(rule.type, "ingress") == "ingress" }

  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(each.value.ip_protocol, "tcp")
  from_port                    = try(each.value.from_port, local.engine_port)
  to_port                      = try(each.value.to_port, local.engine_port)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id, null)
  description                  = try(each.value.description, null)
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = { for name, rule in local.rules : name => rule if try(rule.type, "ingress") == "egress" }

  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(each.value.ip_protocol, "tcp")
  from_port                    = try(each.value.from_port, null)
  to_port                      = try(each.value.to_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id, null)
}

output "cluster_arn" {
  value = try(aws_elasticache_cluster.this[0].arn, null)
}
output "cluster_address" {
  value = try(aws_elasticache_cluster.this[0].cluster_address, null)
}
output "cluster_cache_nodes" {
  value = try(aws_elasticache_cluster.this[0].cache_nodes, null)
}
output "cluster_configuration_endpoint" {
  value = try(aws_elasticache_cluster.this[0].configuration_endpoint, null)
}
output "replication_group_arn" {
  value = try(aws_elasticache_replication_group.this[0].arn, aws_elasticache_replication_group.global[0].arn, null)
}
output "replication_group_id" {
  value = try(aws_elasticache_replication_group.this[0].id, aws_elasticache_replication_group.global[0].id, null)
}
output "replication_group_primary_endpoint_address" {
  value = try(aws_elasticache_replication_group.this[0].primary_endpoint_address, aws_elasticache_replication_group.global[0].primary_endpoint_address, null)
}
output "replication_group_reader_endpoint_address" {
  value = try(aws_elasticache_replication_group.this[0].reader_endpoint_address, aws_elasticache_replication_group.global[0].reader_endpoint_address, null)
}
# The module spells it so.
output "replication_group_coniguration_endpoint_address" {
  value = try(aws_elasticache_replication_group.this[0].configuration_endpoint_address, aws_elasticache_replication_group.global[0].configuration_endpoint_address, null)
}
output "subnet_group_name" {
  value = try(aws_elasticache_subnet_group.this[0].name, null)
}
output "security_group_arn" {
  value = try(aws_security_group.this[0].arn, null)
}
output "security_group_id" {
  value = try(aws_security_group.this[0].id, null)
}
