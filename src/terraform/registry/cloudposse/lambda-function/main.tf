variable "function_name" {
  type = string
}
variable "publish" {
  type    = bool
  default = false
}
variable "timeout" {
  type    = number
  default = 3
}
variable "kms_key_arn" {
  type    = string
  default = ""
}
variable "lambda_environment" {
  type = object({
    variables = map(string)
  })
  default = null
}
variable "tracing_config_mode" {
  type    = string
  default = null
}
variable "vpc_config" {
  type = object({
    security_group_ids = list(string)
    subnet_ids         = list(string)
  })
  default = null
}
variable "file_system_config" {
  type = object({
    arn              = string
    local_mount_path = string
  })
  default = null
}
variable "dead_letter_config_target_arn" {
  type    = string
  default = null
}
variable "invoke_function_permissions" {
  type = list(object({
    principal  = string
    source_arn = string
  }))
  default = []
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

resource "aws_lambda_function" "this" {
  count = local.enabled ? 1 : 0

  function_name = var.function_name
  role          = aws_iam_role.this[0].arn
  timeout       = var.timeout
  publish       = var.publish
  kms_key_arn   = var.kms_key_arn == "" ? null : var.kms_key_arn

  dynamic "environment" {
    for_each = var.lambda_environment != null ? [var.lambda_environment] : []
    content {
      variables = environment.value.variables
    }
  }
  dynamic "vpc_config" {
    for_each = var.vpc_config != null ? [var.vpc_config] : []
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }
  dynamic "tracing_config" {
    for_each = var.tracing_config_mode != null ? [var.tracing_config_mode] : []
    content {
      mode = tracing_config.value
    }
  }
  dynamic "file_system_config" {
    for_each = var.file_system_config != null ? [var.file_system_config] : []
    content {
      arn              = file_system_config.value.arn
      local_mount_path = file_system_config.value.local_mount_path
    }
  }
  dynamic "dead_letter_config" {
    for_each = var.dead_letter_config_target_arn != null && var.dead_letter_config_target_arn != "" ? [var.dead_letter_config_target_arn] : []
    content {
      target_arn = dead_letter_config.value
    }
  }
}

resource "aws_lambda_permission" "invoke_function" {
  for_each = local.enabled ? { for i, permission in var.invoke_function_permissions : i => permission } : {}

  function_name = aws_lambda_function.this[0].function_name
  action        = "lambda:InvokeFunction"
  principal     = each.value.principal
  source_arn    = each.value.source_arn
}

output "arn" {
  value = one(aws_lambda_function.this[*].arn)
}
output "invoke_arn" {
  value = one(aws_lambda_function.this[*].invoke_arn)
}
output "qualified_arn" {
  value = one(aws_lambda_function.this[*].qualified_arn)
}
output "function_name" {
  value = one(aws_lambda_function.this[*].function_name)
}
