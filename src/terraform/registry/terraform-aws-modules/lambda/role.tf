variable "role_name" {
  type    = string
  default = null
}
variable "role_path" {
  type    = string
  default = null
}
variable "role_permissions_boundary" {
  type    = string
  default = null
}
variable "policy_name" {
  type    = string
  default = null
}
variable "trusted_entities" {
  default = []
}
variable "assume_role_policy_statements" {
  default = {}
}
variable "attach_cloudwatch_logs_policy" {
  type    = bool
  default = true
}
variable "attach_create_log_group_permission" {
  type    = bool
  default = true
}
variable "lambda_at_edge_logs_all_regions" {
  type    = bool
  default = true
}
variable "attach_network_policy" {
  type    = bool
  default = false
}
variable "attach_tracing_policy" {
  type    = bool
  default = false
}
variable "attach_dead_letter_policy" {
  type    = bool
  default = false
}
variable "dead_letter_target_arn" {
  type    = string
  default = null
}
variable "attach_async_event_policy" {
  type    = bool
  default = false
}
variable "attach_policy" {
  type    = bool
  default = false
}
variable "policy" {
  type    = string
  default = null
}
variable "attach_policies" {
  type    = bool
  default = false
}
variable "policies" {
  type    = list(string)
  default = []
}
variable "number_of_policies" {
  type    = number
  default = 0
}
variable "attach_policy_json" {
  type    = bool
  default = false
}
variable "policy_json" {
  type    = string
  default = null
}
variable "attach_policy_jsons" {
  type    = bool
  default = false
}
variable "policy_jsons" {
  type    = list(string)
  default = []
}
variable "number_of_policy_jsons" {
  type    = number
  default = 0
}
variable "attach_policy_statements" {
  type    = bool
  default = false
}
variable "policy_statements" {
  default = {}
}

locals {
  makes_role = local.makes_function && var.create_role
  own_name   = coalesce(var.role_name, var.function_name, "*")
  prefix     = coalesce(var.policy_name, local.own_name)
  managed    = "arn:${data.aws_partition.current.partition}:iam::aws:policy"

  # A service is given as a text, any other principal as an object.
  services   = concat(["lambda.amazonaws.com"], var.lambda_at_edge ? ["edgelambda.amazonaws.com"] : [], [for t in var.trusted_entities : tostring(t) if can(tostring(t))])
  principals = [for t in var.trusted_entities : t if !can(tostring(t))]

  # The edge logs in the region that it runs in.
  group_arn = try(aws_cloudwatch_log_group.lambda[0].arn, data.aws_cloudwatch_log_group.lambda[0].arn, "")
  logged    = var.lambda_at_edge ? "arn:${data.aws_partition.current.partition}:logs:${var.lambda_at_edge_logs_all_regions ? "*" : "us-east-1"}:${data.aws_caller_identity.current.account_id}:log-group:${local.group_name}" : local.group_arn
}

data "aws_iam_policy_document" "assume_role" {
  count = local.makes_role ? 1 : 0

  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = distinct(local.services)
    }
    dynamic "principals" {
      for_each = local.principals
      content {
        type        = principals.value.type
        identifiers = principals.value.identifiers
      }
    }
  }

  dynamic "statement" {
    for_each = var.assume_role_policy_statements
    content {
      effect      = try(statement.value.effect, null)
      actions     = try(statement.value.actions, null)
      not_actions = try(statement.value.not_actions, null)
      dynamic "principals" {
        for_each = try(statement.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "not_principals" {
        for_each = try(statement.value.not_principals, [])
        content {
          type        = not_principals.value.type
          identifiers = not_principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(statement.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role" "lambda" {
  count = local.makes_role ? 1 : 0

  name                 = local.own_name
  path                 = var.role_path
  permissions_boundary = var.role_permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.assume_role[0].json
}

resource "aws_iam_role_policy" "logs" {
  count = local.makes_role && var.attach_cloudwatch_logs_policy ? 1 : 0

  name = "${local.prefix}-logs"
  role = aws_iam_role.lambda[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = concat(["logs:CreateLogStream", "logs:PutLogEvents"], var.attach_create_log_group_permission && !var.use_existing_cloudwatch_log_group ? ["logs:CreateLogGroup"] : [])
      Resource = ["${local.logged}:*", "${local.logged}:*:*"]
    }]
  })
}

resource "aws_iam_role_policy" "dead_letter" {
  count = local.makes_role && var.attach_dead_letter_policy ? 1 : 0

  name = "${local.prefix}-dl"
  role = aws_iam_role.lambda[0].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sns:Publish", "sqs:SendMessage"], Resource = [var.dead_letter_target_arn] }]
  })
}

resource "aws_iam_role_policy" "async" {
  count = local.makes_role && var.attach_async_event_policy ? 1 : 0

  name = "${local.prefix}-async"
  role = aws_iam_role.lambda[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["events:PutEvents", "lambda:InvokeFunction", "sns:Publish", "sqs:SendMessage"]
      Resource = compact([var.destination_on_failure, var.destination_on_success])
    }]
  })
}

# The module attaches copies of these two policies of AWS: what they allow is the same.
resource "aws_iam_role_policy_attachment" "vpc" {
  count = local.makes_role && var.attach_network_policy ? 1 : 0

  role       = aws_iam_role.lambda[0].name
  policy_arn = "${local.managed}/service-role/AWSLambdaENIManagementAccess"
}

resource "aws_iam_role_policy_attachment" "tracing" {
  count = local.makes_role && var.attach_tracing_policy ? 1 : 0

  role       = aws_iam_role.lambda[0].name
  policy_arn = "${local.managed}/AWSXRayDaemonWriteAccess"
}

resource "aws_iam_role_policy_attachment" "additional_one" {
  count = local.makes_role && var.attach_policy ? 1 : 0

  role       = aws_iam_role.lambda[0].name
  policy_arn = var.policy
}

resource "aws_iam_role_policy_attachment" "additional_many" {
  count = local.makes_role && var.attach_policies ? var.number_of_policies : 0

  role       = aws_iam_role.lambda[0].name
  policy_arn = var.policies[count.index]
}

resource "aws_iam_role_policy" "additional_json" {
  count = local.makes_role && var.attach_policy_json ? 1 : 0

  name   = local.prefix
  role   = aws_iam_role.lambda[0].name
  policy = var.policy_json
}

resource "aws_iam_role_policy" "additional_jsons" {
  count = local.makes_role && var.attach_policy_jsons ? var.number_of_policy_jsons : 0

  name   = "${local.prefix}-${count.index}"
  role   = aws_iam_role.lambda[0].name
  policy = var.policy_jsons[count.index]
}

data "aws_iam_policy_document" "additional_inline" {
  count = local.makes_role && var.attach_policy_statements ? 1 : 0

  dynamic "statement" {
    for_each = var.policy_statements
    content {
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)
      dynamic "condition" {
        for_each = try(statement.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role_policy" "additional_inline" {
  count = local.makes_role && var.attach_policy_statements ? 1 : 0

  name   = "${local.prefix}-inline"
  role   = aws_iam_role.lambda[0].name
  policy = data.aws_iam_policy_document.additional_inline[0].json
}

output "lambda_role_arn" {
  value = try(aws_iam_role.lambda[0].arn, "")
}
output "lambda_role_name" {
  value = try(aws_iam_role.lambda[0].name, "")
}
output "lambda_role_unique_id" {
  value = try(aws_iam_role.lambda[0].unique_id, "")
}
