variable "create" {
  type    = bool
  default = true
}
variable "create_function" {
  type    = bool
  default = true
}
variable "create_layer" {
  type    = bool
  default = false
}
variable "create_role" {
  type    = bool
  default = true
}
variable "region" {
  type    = string
  default = null
}
variable "function_name" {
  type    = string
  default = ""
}
variable "lambda_role" {
  type    = string
  default = ""
}
variable "lambda_at_edge" {
  type    = bool
  default = false
}
variable "publish" {
  type    = bool
  default = false
}
variable "snap_start" {
  type    = bool
  default = false
}
variable "timeout" {
  type    = number
  default = 3
}
variable "kms_key_arn" {
  type    = string
  default = null
}
variable "environment_variables" {
  type    = map(string)
  default = {}
}
variable "tracing_mode" {
  type    = string
  default = null
}
variable "vpc_subnet_ids" {
  type    = list(string)
  default = null
}
variable "vpc_security_group_ids" {
  type    = list(string)
  default = null
}
variable "file_system_arn" {
  type    = string
  default = null
}
variable "file_system_local_mount_path" {
  type    = string
  default = null
}
variable "logging_log_group" {
  type    = string
  default = null
}
variable "use_existing_cloudwatch_log_group" {
  type    = bool
  default = false
}

locals {
  makes_function = var.create && var.create_function && !var.create_layer
  group_name     = coalesce(var.logging_log_group, "/aws/lambda/${var.lambda_at_edge ? "us-east-1." : ""}${var.function_name}")
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

resource "aws_lambda_function" "this" {
  count = local.makes_function ? 1 : 0

  region        = var.region
  function_name = var.function_name
  role          = var.create_role ? aws_iam_role.lambda[0].arn : var.lambda_role
  timeout       = var.lambda_at_edge ? min(var.timeout, 30) : var.timeout
  publish       = var.publish || var.lambda_at_edge || var.snap_start
  kms_key_arn   = var.kms_key_arn

  dynamic "environment" {
    for_each = length(var.environment_variables) > 0 ? ["set"] : []
    content {
      variables = var.environment_variables
    }
  }

  dynamic "vpc_config" {
    for_each = var.vpc_subnet_ids != null && var.vpc_security_group_ids != null ? ["set"] : []
    content {
      subnet_ids         = var.vpc_subnet_ids
      security_group_ids = var.vpc_security_group_ids
    }
  }

  dynamic "tracing_config" {
    for_each = var.tracing_mode != null ? ["set"] : []
    content {
      mode = var.tracing_mode
    }
  }

  dynamic "dead_letter_config" {
    for_each = var.dead_letter_target_arn != null ? ["set"] : []
    content {
      target_arn = var.dead_letter_target_arn
    }
  }

  dynamic "file_system_config" {
    for_each = var.file_system_arn != null && var.file_system_local_mount_path != null ? ["set"] : []
    content {
      arn              = var.file_system_arn
      local_mount_path = var.file_system_local_mount_path
    }
  }

  dynamic "logging_config" {
    for_each = var.logging_log_group != null ? ["set"] : []
    content {
      log_format = "Text"
      log_group  = var.logging_log_group
    }
  }

  depends_on = [
    aws_cloudwatch_log_group.lambda,
    aws_iam_role_policy.logs,
    aws_iam_role_policy.dead_letter,
    aws_iam_role_policy.async,
    aws_iam_role_policy.additional_json,
    aws_iam_role_policy.additional_jsons,
    aws_iam_role_policy.additional_inline,
    aws_iam_role_policy_attachment.vpc,
    aws_iam_role_policy_attachment.tracing,
    aws_iam_role_policy_attachment.additional_one,
    aws_iam_role_policy_attachment.additional_many,
  ]
}

resource "aws_cloudwatch_log_group" "lambda" {
  count = local.makes_function && !var.use_existing_cloudwatch_log_group ? 1 : 0

  region = var.region
  name   = local.group_name
}

data "aws_cloudwatch_log_group" "lambda" {
  count = local.makes_function && var.use_existing_cloudwatch_log_group ? 1 : 0

  region = var.region
  name   = local.group_name
}

output "lambda_function_arn" {
  value = try(aws_lambda_function.this[0].arn, "")
}
output "lambda_function_arn_static" {
  value = local.makes_function ? "arn:${data.aws_partition.current.partition}:lambda:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:function:${var.function_name}" : ""
}
output "lambda_function_invoke_arn" {
  value = try(aws_lambda_function.this[0].invoke_arn, "")
}
output "lambda_function_name" {
  value = try(aws_lambda_function.this[0].function_name, "")
}
output "lambda_function_qualified_arn" {
  value = try(aws_lambda_function.this[0].qualified_arn, "")
}
output "lambda_function_qualified_invoke_arn" {
  value = try(aws_lambda_function.this[0].qualified_invoke_arn, "")
}
output "lambda_function_version" {
  value = try(aws_lambda_function.this[0].version, "")
}
output "lambda_cloudwatch_log_group_arn" {
  value = try(aws_cloudwatch_log_group.lambda[0].arn, data.aws_cloudwatch_log_group.lambda[0].arn, "")
}
output "lambda_cloudwatch_log_group_name" {
  value = try(aws_cloudwatch_log_group.lambda[0].name, data.aws_cloudwatch_log_group.lambda[0].name, "")
}
# Names of version 1.
output "this_lambda_function_arn" {
  value = try(aws_lambda_function.this[0].arn, "")
}
output "this_lambda_function_invoke_arn" {
  value = try(aws_lambda_function.this[0].invoke_arn, "")
}
output "this_lambda_function_name" {
  value = try(aws_lambda_function.this[0].function_name, "")
}
