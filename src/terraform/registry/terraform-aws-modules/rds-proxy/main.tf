variable "create" {
  type    = bool
  default = true
}
variable "name" {
  type    = string
  default = ""
}
variable "auth" {
  default = {}
}
variable "engine_family" {
  type    = string
  default = ""
}
variable "require_tls" {
  type    = bool
  default = true
}
variable "role_arn" {
  type    = string
  default = ""
}
variable "vpc_security_group_ids" {
  type    = list(string)
  default = []
}
variable "vpc_subnet_ids" {
  type    = list(string)
  default = []
}
variable "target_db_instance" {
  type    = bool
  default = false
}
variable "db_instance_identifier" {
  type    = string
  default = ""
}
variable "target_db_cluster" {
  type    = bool
  default = false
}
variable "db_cluster_identifier" {
  type    = string
  default = ""
}
variable "endpoints" {
  default = {}
}
variable "create_iam_role" {
  type    = bool
  default = true
}
variable "iam_role_name" {
  type    = string
  default = ""
}
variable "use_role_name_prefix" {
  type    = bool
  default = false
}
variable "iam_role_path" {
  type    = string
  default = null
}
variable "iam_role_permissions_boundary" {
  type    = string
  default = null
}
variable "create_iam_policy" {
  type    = bool
  default = true
}
variable "kms_key_arns" {
  type    = list(string)
  default = []
}

data "aws_partition" "current" {}

resource "aws_db_proxy" "this" {
  count = var.create ? 1 : 0

  name                   = var.name
  engine_family          = var.engine_family
  require_tls            = var.require_tls
  role_arn               = var.create_iam_role ? aws_iam_role.this[0].arn : var.role_arn
  vpc_subnet_ids         = var.vpc_subnet_ids
  vpc_security_group_ids = var.vpc_security_group_ids

  dynamic "auth" {
    for_each = var.auth
    content {
      auth_scheme = try(auth.value.auth_scheme, "SECRETS")
      iam_auth    = try(auth.value.iam_auth, null)
      secret_arn  = try(auth.value.secret_arn, null)
      username    = try(auth.value.username, null)
    }
  }
}

resource "aws_db_proxy_default_target_group" "this" {
  count = var.create ? 1 : 0

  db_proxy_name = aws_db_proxy.this[0].name
}

resource "aws_db_proxy_target" "db_instance" {
  count = var.create && var.target_db_instance ? 1 : 0

  db_proxy_name          = aws_db_proxy.this[0].name
  target_group_name      = aws_db_proxy_default_target_group.this[0].name
  db_instance_identifier = var.db_instance_identifier
}

resource "aws_db_proxy_target" "db_cluster" {
  count = var.create && var.target_db_cluster ? 1 : 0

  db_proxy_name         = aws_db_proxy.this[0].name
  target_group_name     = aws_db_proxy_default_target_group.this[0].name
  db_cluster_identifier = var.db_cluster_identifier
}

resource "aws_db_proxy_endpoint" "this" {
  for_each = var.create ? var.endpoints : {}

  db_proxy_name          = aws_db_proxy.this[0].name
  db_proxy_endpoint_name = try(each.value.name, each.key)
  vpc_subnet_ids         = try(each.value.vpc_subnet_ids, null)
  vpc_security_group_ids = try(each.value.vpc_security_group_ids, null)
}

resource "aws_iam_role" "this" {
  count = var.create && var.create_iam_role ? 1 : 0

  name                 = var.use_role_name_prefix ? null : coalesce(var.iam_role_name, var.name, "*")
  path                 = var.iam_role_path
  permissions_boundary = var.iam_role_permissions_boundary
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "rds.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "this" {
  count = var.create && var.create_iam_role && var.create_iam_policy ? 1 : 0

  role = aws_iam_role.this[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = coalescelist(var.kms_key_arns, ["arn:${data.aws_partition.current.partition}:kms:*:*:key/*"])
      },
      { Effect = "Allow", Action = ["secretsmanager:GetRandomPassword", "secretsmanager:ListSecrets"], Resource = ["*"] },
      {
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:GetSecretValue", "secretsmanager:ListSecretVersionIds"]
        Resource = distinct([for auth in var.auth : auth.secret_arn])
      },
    ]
  })
}

output "proxy_id" {
  value = try(aws_db_proxy.this[0].id, null)
}
output "proxy_arn" {
  value = try(aws_db_proxy.this[0].arn, null)
}
output "proxy_endpoint" {
  value = try(aws_db_proxy.this[0].endpoint, null)
}
output "db_proxy_endpoints" {
  value = aws_db_proxy_endpoint.this
}
output "iam_role_arn" {
  value = try(aws_iam_role.this[0].arn, null)
}
output "iam_role_name" {
  value = try(aws_iam_role.this[0].name, null)
}
