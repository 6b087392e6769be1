variable "create_vpc" {
  type    = bool
  default = true
}
variable "cidr" {
  type    = string
  default = "10.0.0.0/16"
}
variable "secondary_cidr_blocks" {
  type    = list(string)
  default = []
}
variable "use_ipam_pool" {
  type    = bool
  default = false
}
variable "instance_tenancy" {
  type    = string
  default = "default"
}
variable "enable_dns_support" {
  type    = bool
  default = true
}
variable "enable_dns_hostnames" {
  type    = bool
  default = true
}
variable "azs" {
  type    = list(string)
  default = []
}
variable "create_igw" {
  type    = bool
  default = true
}
variable "map_public_ip_on_launch" {
  type    = bool
  default = false
}
variable "create_multiple_public_route_tables" {
  type    = bool
  default = false
}
variable "create_multiple_intra_route_tables" {
  type    = bool
  default = false
}
variable "enable_ipv6" {
  type    = bool
  default = false
}
variable "create_egress_only_igw" {
  type    = bool
  default = true
}
variable "enable_vpn_gateway" {
  type    = bool
  default = false
}
variable "vpn_gateway_id" {
  type    = string
  default = ""
}
variable "propagate_private_route_tables_vgw" {
  type    = bool
  default = false
}
variable "propagate_public_route_tables_vgw" {
  type    = bool
  default = false
}
variable "propagate_intra_route_tables_vgw" {
  type    = bool
  default = false
}
variable "enable_nat_gateway" {
  type    = bool
  default = false
}
variable "single_nat_gateway" {
  type    = bool
  default = false
}
variable "one_nat_gateway_per_az" {
  type    = bool
  default = false
}
variable "nat_gateway_destination_cidr_block" {
  type    = string
  default = "0.0.0.0/0"
}
variable "create_private_nat_gateway_route" {
  type    = bool
  default = true
}
variable "create_database_internet_gateway_route" {
  type    = bool
  default = false
}
variable "create_database_nat_gateway_route" {
  type    = bool
  default = false
}
variable "enable_public_redshift" {
  type    = bool
  default = false
}
variable "public_subnets" {
  type    = list(string)
  default = []
}
variable "private_subnets" {
  type    = list(string)
  default = []
}
variable "database_subnets" {
  type    = list(string)
  default = []
}
variable "elasticache_subnets" {
  type    = list(string)
  default = []
}
variable "redshift_subnets" {
  type    = list(string)
  default = []
}
variable "intra_subnets" {
  type    = list(string)
  default = []
}
variable "create_database_subnet_group" {
  type    = bool
  default = true
}
variable "database_subnet_group_name" {
  type    = string
  default = null
}
variable "create_database_subnet_route_table" {
  type    = bool
  default = false
}
variable "create_elasticache_subnet_group" {
  type    = bool
  default = true
}
variable "elasticache_subnet_group_name" {
  type    = string
  default = null
}
variable "create_elasticache_subnet_route_table" {
  type    = bool
  default = false
}
variable "create_redshift_subnet_group" {
  type    = bool
  default = true
}
variable "redshift_subnet_group_name" {
  type    = string
  default = null
}
variable "create_redshift_subnet_route_table" {
  type    = bool
  default = false
}

locals {
  vpc      = try(aws_vpc.this[0].id, "")
  longest  = max(length(var.private_subnets), length(var.database_subnets), length(var.elasticache_subnets), length(var.redshift_subnets))
  gateways = var.single_nat_gateway ? 1 : var.one_nat_gateway_per_az ? length(var.azs) : local.longest
  # One public subnet less than zones: the module makes none then.
  public_count = var.create_vpc && (!var.one_nat_gateway_per_az || length(var.public_subnets) >= length(var.azs)) ? length(var.public_subnets) : 0
}

resource "aws_vpc" "this" {
  count = var.create_vpc ? 1 : 0

  cidr_block           = var.use_ipam_pool ? null : var.cidr
  instance_tenancy     = var.instance_tenancy
  enable_dns_support   = var.enable_dns_support
  enable_dns_hostnames = var.enable_dns_hostnames
}

resource "aws_vpc_ipv4_cidr_block_association" "this" {
  count = var.create_vpc ? length(var.secondary_cidr_blocks) : 0

  vpc_id     = aws_vpc.this[0].id
  cidr_block = var.secondary_cidr_blocks[count.index]
}

resource "aws_subnet" "public" {
  count = local.public_count

  vpc_id                  = local.vpc
  cidr_block              = var.public_subnets[count.index]
  map_public_ip_on_launch = var.map_public_ip_on_launch
}

resource "aws_subnet" "private" {
  count = var.create_vpc ? length(var.private_subnets) : 0

  vpc_id     = local.vpc
  cidr_block = var.private_subnets[count.index]
}

resource "aws_subnet" "database" {
  count = var.create_vpc ? length(var.database_subnets) : 0

  vpc_id     = local.vpc
  cidr_block = var.database_subnets[count.index]
}

resource "aws_subnet" "elasticache" {
  count = var.create_vpc ? length(var.elasticache_subnets) : 0

  vpc_id     = local.vpc
  cidr_block = var.elasticache_subnets[count.index]
}

resource "aws_subnet" "redshift" {
  count = var.create_vpc ? length(var.redshift_subnets) : 0

  vpc_id     = local.vpc
  cidr_block = var.redshift_subnets[count.index]
}

resource "aws_subnet" "intra" {
  count = var.create_vpc ? length(var.intra_subnets) : 0

  vpc_id     = local.vpc
  cidr_block = var.intra_subnets[count.index]
}

resource "aws_internet_gateway" "this" {
  count = var.create_igw && local.public_count > 0 ? 1 : 0

  vpc_id = local.vpc
}

resource "aws_nat_gateway" "this" {
  count = var.create_vpc && var.enable_nat_gateway ? local.gateways : 0

  subnet_id = element(aws_subnet.public[*].id, var.single_nat_gateway ? 0 : count.index)
}

resource "aws_route_table" "public" {
  count = local.public_count > 0 ? (var.create_multiple_public_route_tables ? local.public_count : 1) : 0

  vpc_id = local.vpc
}

resource "aws_route" "public_internet_gateway" {
  count = var.create_igw && local.public_count > 0 ? (var.create_multiple_public_route_tables ? local.public_count : 1) : 0

  route_table_id         = aws_route_table.public[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route_table_association" "public" {
  count = local.public_count

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = element(aws_route_table.public[*].id, var.create_multiple_public_route_tables ? count.index : 0)
}

resource "aws_route_table" "private" {
  count = var.create_vpc && local.longest > 0 ? local.gateways : 0

  vpc_id = local.vpc
}

resource "aws_route" "private_nat_gateway" {
  count = var.create_vpc && var.enable_nat_gateway && var.create_private_nat_gateway_route ? local.gateways : 0

  route_table_id         = element(aws_route_table.private[*].id, count.index)
  destination_cidr_block = var.nat_gateway_destination_cidr_block
  nat_gateway_id         = element(aws_nat_gateway.this[*].id, count.index)
}

resource "aws_egress_only_internet_gateway" "this" {
  count = var.create_vpc && var.create_egress_only_igw && var.enable_ipv6 && local.longest > 0 ? 1 : 0

  vpc_id = local.vpc
}

resource "aws_route" "private_ipv6_egress" {
  count = var.create_vpc && var.create_egress_only_igw && var.enable_ipv6 ? length(aws_route_table.private) : 0

  route_table_id              = element(aws_route_table.private[*].id, count.index)
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.this[0].id
}

resource "aws_vpn_gateway" "this" {
  count = var.create_vpc && var.enable_vpn_gateway ? 1 : 0

  vpc_id = local.vpc
}

locals {
  vpn_gateway = var.vpn_gateway_id != "" ? var.vpn_gateway_id : try(aws_vpn_gateway.this[0].id, "")
  propagates  = var.create_vpc && (var.enable_vpn_gateway || var.vpn_gateway_id != "")
}

resource "aws_vpn_gateway_route_propagation" "private" {
  count = local.propagates && var.propagate_private_route_tables_vgw ? length(aws_route_table.private) : 0

  route_table_id = element(aws_route_table.private[*].id, count.index)
  vpn_gateway_id = local.vpn_gateway
}

resource "aws_vpn_gateway_route_propagation" "public" {
  count = local.propagates && var.propagate_public_route_tables_vgw ? length(aws_route_table.public) : 0

  route_table_id = element(aws_route_table.public[*].id, count.index)
  vpn_gateway_id = local.vpn_gateway
}

resource "aws_vpn_gateway_route_propagation" "intra" {
  count = local.propagates && var.propagate_intra_route_tables_vgw ? length(aws_route_table.intra) : 0

  route_table_id = element(aws_route_table.intra[*].id, count.index)
  vpn_gateway_id = local.vpn_gateway
}

resource "aws_route_table_association" "private" {
  count = var.create_vpc ? length(var.private_subnets) : 0

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = element(aws_route_table.private[*].id, var.single_nat_gateway ? 0 : count.index)
}

resource "aws_route_table" "database" {
  count = var.create_vpc && var.create_database_subnet_route_table && length(var.database_subnets) > 0 ? (var.single_nat_gateway || var.create_database_internet_gateway_route ? 1 : length(var.database_subnets)) : 0

  vpc_id = local.vpc
}

resource "aws_route" "database_internet_gateway" {
  count = length(aws_route_table.database) > 0 && var.create_igw && var.create_database_internet_gateway_route && !var.create_database_nat_gateway_route ? 1 : 0

  route_table_id         = aws_route_table.database[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route" "database_nat_gateway" {
  count = var.enable_nat_gateway && var.create_database_nat_gateway_route && !var.create_database_internet_gateway_route ? length(aws_route_table.database) : 0

  route_table_id         = aws_route_table.database[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = element(aws_nat_gateway.this[*].id, count.index)
}

# Without tables of their own, the subnets of the stores use the private ones.
resource "aws_route_table_association" "database" {
  count = var.create_vpc ? length(var.database_subnets) : 0

  subnet_id      = aws_subnet.database[count.index].id
  route_table_id = element(coalescelist(aws_route_table.database[*].id, aws_route_table.private[*].id), var.single_nat_gateway || (var.create_database_subnet_route_table && var.create_database_internet_gateway_route) ? 0 : count.index)
}

resource "aws_route_table" "elasticache" {
  count = var.create_vpc && var.create_elasticache_subnet_route_table && length(var.elasticache_subnets) > 0 ? 1 : 0

  vpc_id = local.vpc
}

resource "aws_route_table_association" "elasticache" {
  count = var.create_vpc ? length(var.elasticache_subnets) : 0

  subnet_id      = aws_subnet.elasticache[count.index].id
  route_table_id = element(coalescelist(aws_route_table.elasticache[*].id, aws_route_table.private[*].id), var.single_nat_gateway || var.create_elasticache_subnet_route_table ? 0 : count.index)
}

resource "aws_route_table" "redshift" {
  count = var.create_vpc && var.create_redshift_subnet_route_table && length(var.redshift_subnets) > 0 ? 1 : 0

  vpc_id = local.vpc
}

resource "aws_route_table_association" "redshift" {
  count = var.create_vpc ? length(var.redshift_subnets) : 0

  subnet_id      = aws_subnet.redshift[count.index].id
  route_table_id = element(coalescelist(aws_route_table.redshift[*].id, var.enable_public_redshift ? aws_route_table.public[*].id : aws_route_table.private[*].id), var.single_nat_gateway || var.create_redshift_subnet_route_table ? 0 : count.index)
}

# No way out of the VPC.
resource "aws_route_table" "intra" {
  count = var.create_vpc && length(var.intra_subnets) > 0 ? (var.create_multiple_intra_route_tables ? length(var.intra_subnets) : 1) : 0

  vpc_id = local.vpc
}

resource "aws_route_table_association" "intra" {
  count = var.create_vpc ? length(var.intra_subnets) : 0

  subnet_id      = aws_subnet.intra[count.index].id
  route_table_id = element(aws_route_table.intra[*].id, var.create_multiple_intra_route_tables ? count.index : 0)
}

resource "aws_db_subnet_group" "database" {
  count = var.create_vpc && var.create_database_subnet_group && length(var.database_subnets) > 0 ? 1 : 0

  name       = var.database_subnet_group_name
  subnet_ids = aws_subnet.database[*].id
}

resource "aws_elasticache_subnet_group" "elasticache" {
  count = var.create_vpc && var.create_elasticache_subnet_group && length(var.elasticache_subnets) > 0 ? 1 : 0

  name       = var.elasticache_subnet_group_name
  subnet_ids = aws_subnet.elasticache[*].id
}

resource "aws_redshift_subnet_group" "redshift" {
  count = var.create_vpc && var.create_redshift_subnet_group && length(var.redshift_subnets) > 0 ? 1 : 0

  name       = var.redshift_subnet_group_name
  subnet_ids = aws_subnet.redshift[*].id
}

output "vpc_id" {
  value = try(aws_vpc.this[0].id, null)
}
output "vpc_arn" {
  value = try(aws_vpc.this[0].arn, null)
}
output "vpc_cidr_block" {
  value = try(aws_vpc.this[0].cidr_block, null)
}
output "vpc_secondary_cidr_blocks" {
  value = aws_vpc_ipv4_cidr_block_association.this[*].cidr_block
}
output "vpc_instance_tenancy" {
  value = try(aws_vpc.this[0].instance_tenancy, null)
}
output "vpc_main_route_table_id" {
  value = try(aws_vpc.this[0].main_route_table_id, null)
}
output "default_security_group_id" {
  value = try(aws_vpc.this[0].default_security_group_id, null)
}
output "default_route_table_id" {
  value = try(aws_vpc.this[0].default_route_table_id, null)
}
output "azs" {
  value = var.azs
}
output "igw_id" {
  value = try(aws_internet_gateway.this[0].id, null)
}
output "natgw_ids" {
  value = aws_nat_gateway.this[*].id
}
output "public_route_table_ids" {
  value = aws_route_table.public[*].id
}
output "private_route_table_ids" {
  value = aws_route_table.private[*].id
}
output "intra_route_table_ids" {
  value = aws_route_table.intra[*].id
}
output "database_route_table_ids" {
  value = coalescelist(aws_route_table.database[*].id, aws_route_table.private[*].id)
}
output "public_subnets" {
  value = aws_subnet.public[*].id
}
output "public_subnet_arns" {
  value = aws_subnet.public[*].arn
}
output "public_subnets_cidr_blocks" {
  value = aws_subnet.public[*].cidr_block
}
output "private_subnets" {
  value = aws_subnet.private[*].id
}
output "private_subnet_arns" {
  value = aws_subnet.private[*].arn
}
output "private_subnets_cidr_blocks" {
  value = aws_subnet.private[*].cidr_block
}
output "database_subnets" {
  value = aws_subnet.database[*].id
}
output "database_subnet_arns" {
  value = aws_subnet.database[*].arn
}
output "database_subnets_cidr_blocks" {
  value = aws_subnet.database[*].cidr_block
}
output "elasticache_subnets" {
  value = aws_subnet.elasticache[*].id
}
output "elasticache_subnet_arns" {
  value = aws_subnet.elasticache[*].arn
}
output "elasticache_subnets_cidr_blocks" {
  value = aws_subnet.elasticache[*].cidr_block
}
output "redshift_subnets" {
  value = aws_subnet.redshift[*].id
}
output "redshift_subnet_arns" {
  value = aws_subnet.redshift[*].arn
}
output "redshift_subnets_cidr_blocks" {
  value = aws_subnet.redshift[*].cidr_block
}
output "intra_subnets" {
  value = aws_subnet.intra[*].id
}
output "intra_subnet_arns" {
  value = aws_subnet.intra[*].arn
}
output "intra_subnets_cidr_blocks" {
  value = aws_subnet.intra[*].cidr_block
}
output "database_subnet_group" {
  value = try(aws_db_subnet_group.database[0].id, null)
}
output "database_subnet_group_name" {
  value = try(aws_db_subnet_group.database[0].id, null)
}
output "elasticache_subnet_group" {
  value = try(aws_elasticache_subnet_group.elasticache[0].id, null)
}
output "elasticache_subnet_group_name" {
  value = try(aws_elasticache_subnet_group.elasticache[0].id, null)
}
output "redshift_subnet_group" {
  value = try(aws_redshift_subnet_group.redshift[0].id, null)
}
output "redshift_subnet_group_name" {
  value = try(aws_redshift_subnet_group.redshift[0].id, null)
}
