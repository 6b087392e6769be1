variable "ipv4_primary_cidr_block" {
  type    = string
  default = null
}
variable "ipv4_primary_cidr_block_association" {
  default = null
}
variable "ipv4_additional_cidr_block_associations" {
  default = {}
}
variable "assign_generated_ipv6_cidr_block" {
  type    = bool
  default = true
}
variable "instance_tenancy" {
  type    = string
  default = "default"
}
variable "dns_hostnames_enabled" {
  type    = bool
  default = true
}
variable "dns_support_enabled" {
  type    = bool
  default = true
}
variable "default_security_group_deny_all" {
  type    = bool
  default = true
}
variable "internet_gateway_enabled" {
  type    = bool
  default = true
}

resource "aws_vpc" "default" {
  count = local.enabled ? 1 : 0

  cidr_block                       = var.ipv4_primary_cidr_block
  ipv4_ipam_pool_id                = try(var.ipv4_primary_cidr_block_association.ipv4_ipam_pool_id, null)
  ipv4_netmask_length              = try(var.ipv4_primary_cidr_block_association.ipv4_netmask_length, null)
  assign_generated_ipv6_cidr_block = var.assign_generated_ipv6_cidr_block
  instance_tenancy                 = var.instance_tenancy
  enable_dns_hostnames             = var.dns_hostnames_enabled
  enable_dns_support               = var.dns_support_enabled
}

resource "aws_vpc_ipv4_cidr_block_association" "default" {
  for_each = local.enabled ? var.ipv4_additional_cidr_block_associations : {}

  vpc_id            = aws_vpc.default[0].id
  cidr_block        = try(each.value.ipv4_cidr_block, null)
  ipv4_ipam_pool_id = try(each.value.ipv4_ipam_pool_id, null)
}

# The VPC's own group, without any rule.
resource "aws_default_security_group" "default" {
  count = local.enabled && var.default_security_group_deny_all ? 1 : 0

  vpc_id = aws_vpc.default[0].id
}

resource "aws_internet_gateway" "default" {
  count = local.enabled && var.internet_gateway_enabled ? 1 : 0

  vpc_id = aws_vpc.default[0].id
}

output "vpc_id" {
  value = one(aws_vpc.default[*].id)
}
output "vpc_arn" {
  value = one(aws_vpc.default[*].arn)
}
output "vpc_cidr_block" {
  value = one(aws_vpc.default[*].cidr_block)
}
output "vpc_ipv6_cidr_block" {
  value = one(aws_vpc.default[*].ipv6_cidr_block)
}
output "vpc_default_security_group_id" {
  value = one(aws_vpc.default[*].default_security_group_id)
}
output "vpc_default_route_table_id" {
  value = one(aws_vpc.default[*].default_route_table_id)
}
output "vpc_main_route_table_id" {
  value = one(aws_vpc.default[*].main_route_table_id)
}
output "vpc_default_network_acl_id" {
  value = one(aws_vpc.default[*].default_network_acl_id)
}
output "igw_id" {
  value = one(aws_internet_gateway.default[*].id)
}
