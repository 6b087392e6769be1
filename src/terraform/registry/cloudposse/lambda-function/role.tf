variable "role_name" {
  type    = string
  default = null
}
variable "permissions_boundary" {
  type    = string
  default = ""
}
variable "lambda_at_edge_enabled" {
  type    = bool
  default = false
}
variable "cloudwatch_lambda_insights_enabled" {
  type    = bool
  default = false
}
variable "ssm_parameter_names" {
  type    = list(string)
  default = null
}
variable "custom_iam_policy_arns" {
  type    = set(string)
  default = []
}
variable "inline_iam_policy" {
  type    = string
  default = null
}

locals {
  managed = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
}

resource "aws_iam_role" "this" {
  count = local.enabled ? 1 : 0

  name                 = var.role_name == null ? "${var.function_name}-${data.aws_region.current.name}" : var.role_name
  permissions_boundary = var.permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = concat(["lambda.amazonaws.com"], var.lambda_at_edge_enabled ? ["edgelambda.amazonaws.com"] : []) }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "cloudwatch_logs" {
  count = local.enabled ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = "${local.managed}/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy_attachment" "cloudwatch_insights" {
  count = local.enabled && var.cloudwatch_lambda_insights_enabled ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = "${local.managed}/CloudWatchLambdaInsightsExecutionRolePolicy"
}

resource "aws_iam_role_policy_attachment" "vpc_access" {
  count = local.enabled && var.vpc_config != null ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = "${local.managed}/service-role/AWSLambdaVPCAccessExecutionRole"
}

resource "aws_iam_role_policy_attachment" "xray" {
  count = local.enabled && var.tracing_config_mode != null ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = "${local.managed}/AWSXRayDaemonWriteAccess"
}

# The module makes a policy of its own for the parameters and attaches that.
resource "aws_iam_role_policy" "ssm" {
  count = local.enabled && try(length(var.ssm_parameter_names), 0) > 0 ? 1 : 0

  role = aws_iam_role.this[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
      Resource = [for name in var.ssm_parameter_names : "arn:${data.aws_partition.current.partition}:ssm:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:parameter${name}"]
    }]
  })
}

resource "aws_iam_role_policy_attachment" "custom" {
  for_each = local.enabled ? var.custom_iam_policy_arns : toset([])

  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

resource "aws_iam_role_policy" "inline" {
  count = local.enabled && var.inline_iam_policy != null ? 1 : 0

  role   = aws_iam_role.this[0].name
  policy = var.inline_iam_policy
}

output "role_arn" {
  value = one(aws_iam_role.this[*].arn)
}
output "role_name" {
  value = one(aws_iam_role.this[*].name)
}
