variable "vpc_id" {
  type    = string
  default = null
}
variable "subnets" {
  type    = list(string)
  default = []
}
variable "subnet_group_name" {
  type    = string
  default = ""
}
variable "cluster_identifier" {
  type    = string
  default = ""
}
variable "cluster_size" {
  type    = number
  default = 2
}
variable "cluster_type" {
  type    = string
  default = "regional"
}
variable "db_port" {
  type    = number
  default = 3306
}
variable "engine" {
  type    = string
  default = "aurora"
}
variable "publicly_accessible" {
  type    = bool
  default = false
}
variable "manage_admin_user_password" {
  type    = bool
  default = false
}
variable "enable_http_endpoint" {
  type    = bool
  default = false
}
variable "vpc_security_group_ids" {
  type    = list(string)
  default = []
}
variable "security_groups" {
  type    = list(string)
  default = []
}
variable "allowed_cidr_blocks" {
  type    = list(string)
  default = []
}
variable "allowed_ipv6_cidr_blocks" {
  type    = list(string)
  default = []
}
variable "intra_security_group_traffic_enabled" {
  type    = bool
  default = false
}
variable "egress_enabled" {
  type    = bool
  default = true
}

locals {
  identifier = var.cluster_identifier == "" ? local.id : var.cluster_identifier
  cluster_id = try(aws_rds_cluster.primary[0].id, aws_rds_cluster.secondary[0].id, null)
}

# Of the two the module makes one: that of a global database has a lifecycle of its own.
resource "aws_rds_cluster" "primary" {
  count = local.enabled && var.cluster_type == "regional" ? 1 : 0

  cluster_identifier          = local.identifier
  engine                      = var.engine
  port                        = var.db_port
  manage_master_user_password = var.manage_admin_user_password ? true : null
  enable_http_endpoint        = var.enable_http_endpoint
  db_subnet_group_name        = aws_db_subnet_group.default[0].name
  vpc_security_group_ids      = concat(aws_security_group.default[*].id, var.vpc_security_group_ids)
}

resource "aws_rds_cluster" "secondary" {
  count = local.enabled && var.cluster_type != "regional" ? 1 : 0

  cluster_identifier          = local.identifier
  engine                      = var.engine
  port                        = var.db_port
  manage_master_user_password = var.manage_admin_user_password ? true : null
  enable_http_endpoint        = var.enable_http_endpoint
  db_subnet_group_name        = aws_db_subnet_group.default[0].name
  vpc_security_group_ids      = concat(aws_security_group.default[*].id, var.vpc_security_group_ids)
}

resource "aws_rds_cluster_instance" "default" {
  count = local.enabled ? var.cluster_size : 0

  cluster_identifier   = local.cluster_id
  engine               = var.engine
  publicly_accessible  = var.publicly_accessible
  db_subnet_group_name = aws_db_subnet_group.default[0].name
}

resource "aws_db_subnet_group" "default" {
  count = local.enabled ? 1 : 0

  name       = var.subnet_group_name == null || var.subnet_group_name == "" ? local.id : var.subnet_group_name
  subnet_ids = var.subnets
}

resource "aws_security_group" "default" {
  count = local.enabled ? 1 : 0

  name   = local.id
  vpc_id = var.vpc_id
}

resource "aws_security_group_rule" "ingress_security_groups" {
  count = local.enabled ? length(var.security_groups) : 0

  type                     = "ingress"
  from_port                = var.db_port
  to_port                  = var.db_port
  protocol                 = "tcp"
  source_security_group_id = var.security_groups[count.index]
  security_group_id        = aws_security_group.default[0].id
}

resource "aws_security_group_rule" "traffic_inside_security_group" {
  count = local.enabled && var.intra_security_group_traffic_enabled ? 1 : 0

  type              = "ingress"
  from_port         = var.db_port
  to_port           = var.db_port
  protocol          = "tcp"
  self              = true
  security_group_id = aws_security_group.default[0].id
}

resource "aws_security_group_rule" "ingress_cidr_blocks" {
  count = local.enabled && length(var.allowed_cidr_blocks) > 0 ? 1 : 0

  type              = "ingress"
  from_port         = var.db_port
  to_port           = var.db_port
  protocol          = "tcp"
  cidr_blocks       = var.allowed_cidr_blocks
  security_group_id = aws_security_group.default[0].id
}

resource "aws_security_group_rule" "ingress_ipv6_cidr_blocks" {
  count = local.enabled && length(var.allowed_ipv6_cidr_blocks) > 0 ? 1 : 0

  type              = "ingress"
  from_port         = var.db_port
  to_port           = var.db_port
  protocol          = "tcp"
  ipv6_cidr_blocks  = var.allowed_ipv6_cidr_blocks
  security_group_id = aws_security_group.default[0].id
}

resource "aws_security_group_rule" "egress" {
  count = local.enabled && var.egress_enabled ? 1 : 0

  type              = "egress"
  from_port         = 0
  to_port           = 0
  protocol          = "-1"
  cidr_blocks       = ["0.0.0.0/0"]
  security_group_id = aws_security_group.default[0].id
}

output "cluster_identifier" {
  value = try(aws_rds_cluster.primary[0].cluster_identifier, aws_rds_cluster.secondary[0].cluster_identifier, "")
}
output "arn" {
  value = try(aws_rds_cluster.primary[0].arn, aws_rds_cluster.secondary[0].arn, "")
}
output "endpoint" {
  value = try(aws_rds_cluster.primary[0].endpoint, aws_rds_cluster.secondary[0].endpoint, "")
}
output "reader_endpoint" {
  value = try(aws_rds_cluster.primary[0].reader_endpoint, aws_rds_cluster.secondary[0].reader_endpoint, "")
}
output "cluster_resource_id" {
  value = try(aws_rds_cluster.primary[0].cluster_resource_id, aws_rds_cluster.secondary[0].cluster_resource_id, "")
}
output "security_group_id" {
  value = one(aws_security_group.default[*].id)
}
output "security_group_arn" {
  value = one(aws_security_group.default[*].arn)
}
