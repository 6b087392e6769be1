variable "vpc_id" {
  type    = string
  default = null
}
variable "igw_id" {
  type    = list(string)
  default = []
}
variable "availability_zones" {
  type    = list(string)
  default = []
}
variable "availability_zone_ids" {
  type    = list(string)
  default = []
}
variable "max_subnet_count" {
  type    = number
  default = 0
}
variable "subnets_per_az_count" {
  type    = number
  default = 1
}
variable "public_subnets_per_az_count" {
  type    = number
  default = null
}
variable "private_subnets_per_az_count" {
  type    = number
  default = null
}
variable "public_subnets_enabled" {
  type    = bool
  default = true
}
variable "private_subnets_enabled" {
  type    = bool
  default = true
}
variable "ipv4_enabled" {
  type    = bool
  default = true
}
variable "map_public_ip_on_launch" {
  type    = bool
  default = true
}
variable "nat_gateway_enabled" {
  type    = bool
  default = null
}
variable "nat_instance_enabled" {
  type    = bool
  default = null
}
variable "max_nats" {
  type    = number
  default = 999
}
variable "private_route_table_enabled" {
  type    = bool
  default = true
}
variable "public_route_table_enabled" {
  type    = bool
  default = true
}
variable "public_route_table_ids" {
  type    = list(string)
  default = []
}

locals {
  # Which zones there are where none is given is for AWS to say.
  given   = length(var.availability_zone_ids) > 0 ? length(var.availability_zone_ids) : length(var.availability_zones)
  zones   = local.given > 0 ? local.given : length(data.aws_availability_zones.available.names)
  used    = var.max_subnet_count == 0 ? local.zones : min(local.zones, var.max_subnet_count)
  public  = local.enabled && var.public_subnets_enabled
  private = local.enabled && var.private_subnets_enabled

  publics  = local.public ? local.used * coalesce(var.public_subnets_per_az_count, var.subnets_per_az_count) : 0
  privates = local.private ? local.used * coalesce(var.private_subnets_per_az_count, var.subnets_per_az_count) : 0

  nat_instances = coalesce(var.nat_instance_enabled, false)
  nat_gateways  = local.public && local.private && var.ipv4_enabled && (var.nat_gateway_enabled != null ? var.nat_gateway_enabled : !local.nat_instances)
  nat_hosts     = local.public && local.private && local.nat_instances && !local.nat_gateways
  nats          = min(local.used, var.max_nats)

  own_public_table = local.public && var.public_route_table_enabled && length(var.public_route_table_ids) == 0
}

data "aws_availability_zones" "available" {}

# Their ranges are cut from the VPC's by a plan that only the module knows.
resource "aws_subnet" "public" {
  count = local.publics

  vpc_id                  = var.vpc_id
  map_public_ip_on_launch = var.map_public_ip_on_launch
}

resource "aws_subnet" "private" {
  count = local.privates

  vpc_id = var.vpc_id
}

# The module may make one table for each of the public subnets: all have the same route.
resource "aws_route_table" "public" {
  count = local.own_public_table ? 1 : 0

  vpc_id = var.vpc_id
}

resource "aws_route" "public" {
  count = local.own_public_table && var.ipv4_enabled && length(var.igw_id) > 0 ? 1 : 0

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = var.igw_id[0]
}

resource "aws_route_table_association" "public" {
  count = local.public && (local.own_public_table || length(var.public_route_table_ids) > 0) ? local.publics : 0

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = local.own_public_table ? aws_route_table.public[0].id : element(var.public_route_table_ids, count.index)
}

resource "aws_nat_gateway" "default" {
  count = local.nat_gateways ? local.nats : 0

  subnet_id = element(aws_subnet.public[*].id, count.index)
}

resource "aws_route_table" "private" {
  count = var.private_route_table_enabled ? local.privates : 0

  vpc_id = var.vpc_id
}

resource "aws_route_table_association" "private" {
  count = var.private_route_table_enabled ? local.privates : 0

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[count.index].id
}

resource "aws_route" "nat4" {
  count = local.nat_gateways && var.private_route_table_enabled ? local.privates : 0

  route_table_id         = aws_route_table.private[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.default[count.index % local.nats].id
}

resource "aws_security_group" "nat_instance" {
  count = local.nat_hosts ? 1 : 0

  vpc_id = var.vpc_id

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "nat_instance" {
  count = local.nat_hosts ? local.nats : 0

  subnet_id              = element(aws_subnet.public[*].id, count.index)
  source_dest_check      = false
  vpc_security_group_ids = aws_security_group.nat_instance[*].id
}

resource "aws_route" "nat_instance" {
  count = local.nat_hosts && var.private_route_table_enabled ? local.privates : 0

  route_table_id         = aws_route_table.private[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  network_interface_id   = aws_instance.nat_instance[count.index % local.nats].primary_network_interface_id
}

output "public_subnet_ids" {
  value = aws_subnet.public[*].id
}
output "private_subnet_ids" {
  value = aws_subnet.private[*].id
}
output "public_subnet_cidrs" {
  value = aws_subnet.public[*].cidr_block
}
output "private_subnet_cidrs" {
  value = aws_subnet.private[*].cidr_block
}
output "public_route_table_ids" {
  value = aws_route_table.public[*].id
}
output "private_route_table_ids" {
  value = aws_route_table.private[*].id
}
output "nat_gateway_ids" {
  value = aws_nat_gateway.default[*].id
}
