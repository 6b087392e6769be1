variable "create" {
  type    = bool
  default = true
}
variable "use_existing_alias" {
  type    = bool
  default = false
}
variable "refresh_alias" {
  type    = bool
  default = true
}
variable "name" {
  type    = string
  default = ""
}
variable "function_name" {
  type    = string
  default = ""
}
variable "function_version" {
  type    = string
  default = ""
}
variable "allowed_triggers" {
  default = {}
}
variable "create_version_allowed_triggers" {
  type    = bool
  default = true
}
variable "create_qualified_alias_allowed_triggers" {
  type    = bool
  default = true
}
variable "event_source_mapping" {
  default = {}
}
variable "create_async_event_config" {
  type    = bool
  default = false
}
variable "create_version_async_event_config" {
  type    = bool
  default = true
}
variable "create_qualified_alias_async_event_config" {
  type    = bool
  default = true
}
variable "destination_on_failure" {
  type    = string
  default = null
}
variable "destination_on_success" {
  type    = string
  default = null
}

locals {
  version = try(data.aws_lambda_alias.existing[0].function_version, aws_lambda_alias.with_refresh[0].function_version, aws_lambda_alias.no_refresh[0].function_version, "")
  arn     = try(data.aws_lambda_alias.existing[0].arn, aws_lambda_alias.no_refresh[0].arn, aws_lambda_alias.with_refresh[0].arn, "")
}

data "aws_lambda_alias" "existing" {
  count = var.create && var.use_existing_alias ? 1 : 0

  function_name = var.function_name
  name          = var.name
}

resource "aws_lambda_alias" "with_refresh" {
  count = var.create && !var.use_existing_alias && var.refresh_alias ? 1 : 0

  name             = var.name
  function_name    = var.function_name
  function_version = var.function_version == "" ? "$LATEST" : var.function_version
}

resource "aws_lambda_alias" "no_refresh" {
  count = var.create && !var.use_existing_alias && !var.refresh_alias ? 1 : 0

  name             = var.name
  function_name    = var.function_name
  function_version = var.function_version == "" ? "$LATEST" : var.function_version

  lifecycle {
    ignore_changes = [function_version]
  }
}

resource "aws_lambda_permission" "version_triggers" {
  for_each = var.create && var.create_version_allowed_triggers ? var.allowed_triggers : {}

  function_name      = var.function_name
  qualifier          = local.version == "$LATEST" ? null : local.version
  action             = try(each.value.action, "lambda:InvokeFunction")
  principal          = try(each.value.principal, "${each.value.service}.amazonaws.com")
  principal_org_id   = try(each.value.principal_org_id, null)
  source_arn         = try(each.value.source_arn, null)
  source_account     = try(each.value.source_account, null)
  event_source_token = try(each.value.event_source_token, null)
}

resource "aws_lambda_permission" "qualified_alias_triggers" {
  for_each = var.create && var.create_qualified_alias_allowed_triggers ? var.allowed_triggers : {}

  function_name      = var.function_name
  qualifier          = var.name
  action             = try(each.value.action, "lambda:InvokeFunction")
  principal          = try(each.value.principal, "${each.value.service}.amazonaws.com")
  principal_org_id   = try(each.value.principal_org_id, null)
  source_arn         = try(each.value.source_arn, null)
  source_account     = try(each.value.source_account, null)
  event_source_token = try(each.value.event_source_token, null)
}

resource "aws_lambda_event_source_mapping" "this" {
  for_each = var.create ? var.event_source_mapping : {}

  function_name     = local.arn
  event_source_arn  = try(each.value.event_source_arn, null)
  enabled           = try(each.value.enabled, null)
  starting_position = try(each.value.starting_position, null)
  topics            = try(each.value.topics, null)
  queues            = try(each.value.queues, null)

  dynamic "destination_config" {
    for_each = try(each.value.destination_arn_on_failure, null) != null ? ["set"] : []
    content {
      on_failure {
        destination_arn = each.value.destination_arn_on_failure
      }
    }
  }
  dynamic "self_managed_event_source" {
    for_each = try(each.value.self_managed_event_source, [])
    content {
      endpoints = self_managed_event_source.value.endpoints
    }
  }
  dynamic "source_access_configuration" {
    for_each = try(each.value.source_access_configuration, [])
    content {
      type = source_access_configuration.value.type
      uri  = source_access_configuration.value.uri
    }
  }
}

resource "aws_lambda_function_event_invoke_config" "this" {
  for_each = var.create && var.create_async_event_config ? toset(concat(var.create_version_async_event_config ? ["version"] : [], var.create_qualified_alias_async_event_config ? ["alias"] : [])) : toset([])

  function_name = var.function_name
  qualifier     = each.key == "version" ? local.version : var.name

  dynamic "destination_config" {
    for_each = var.destination_on_failure != null || var.destination_on_success != null ? ["set"] : []
    content {
      dynamic "on_failure" {
        for_each = var.destination_on_failure != null ? ["set"] : []
        content {
          destination = var.destination_on_failure
        }
      }
      dynamic "on_success" {
        for_each = var.destination_on_success != null ? ["set"] : []
        content {
          destination = var.destination_on_success
        }
      }
    }
  }
}

output "lambda_alias_name" {
  value = try(data.aws_lambda_alias.existing[0].name, aws_lambda_alias.with_refresh[0].name, aws_lambda_alias.no_refresh[0].name, "")
}
output "lambda_alias_arn" {
  value = local.arn
}
output "lambda_alias_invoke_arn" {
  value = try(aws_lambda_alias.with_refresh[0].invoke_arn, aws_lambda_alias.no_refresh[0].invoke_arn, data.aws_lambda_alias.existing[0].invoke_arn, "")
}
output "lambda_alias_function_version" {
  value = local.version
}
