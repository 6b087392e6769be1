variable "allowed_triggers" {
  default = {}
}
variable "create_current_version_allowed_triggers" {
  type    = bool
  default = true
}
variable "create_unqualified_alias_allowed_triggers" {
  type    = bool
  default = true
}
variable "event_source_mapping" {
  default = {}
}
variable "create_lambda_function_url" {
  type    = bool
  default = false
}
variable "create_unqualified_alias_lambda_function_url" {
  type    = bool
  default = true
}
variable "authorization_type" {
  type    = string
  default = "NONE"
}
variable "create_async_event_config" {
  type    = bool
  default = false
}
variable "create_current_version_async_event_config" {
  type    = bool
  default = true
}
variable "create_unqualified_alias_async_event_config" {
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

resource "aws_lambda_permission" "current_version_triggers" {
  for_each = local.makes_function && var.create_current_version_allowed_triggers ? var.allowed_triggers : {}

  region                 = var.region
  function_name          = aws_lambda_function.this[0].function_name
  qualifier              = aws_lambda_function.this[0].version
  action                 = try(each.value.action, "lambda:InvokeFunction")
  principal              = try(each.value.principal, "${each.value.service}.amazonaws.com")
  principal_org_id       = try(each.value.principal_org_id, null)
  source_arn             = try(each.value.source_arn, null)
  source_account         = try(each.value.source_account, null)
  event_source_token     = try(each.value.event_source_token, null)
  function_url_auth_type = try(each.value.function_url_auth_type, null)
}

# Its name notwithstanding, this one is for the function itself, not for an alias.
resource "aws_lambda_permission" "unqualified_alias_triggers" {
  for_each = local.makes_function && var.create_unqualified_alias_allowed_triggers ? var.allowed_triggers : {}

  region                 = var.region
  function_name          = aws_lambda_function.this[0].function_name
  action                 = try(each.value.action, "lambda:InvokeFunction")
  principal              = try(each.value.principal, "${each.value.service}.amazonaws.com")
  principal_org_id       = try(each.value.principal_org_id, null)
  source_arn             = try(each.value.source_arn, null)
  source_account         = try(each.value.source_account, null)
  event_source_token     = try(each.value.event_source_token, null)
  function_url_auth_type = try(each.value.function_url_auth_type, null)
}

resource "aws_lambda_event_source_mapping" "this" {
  for_each = local.makes_function && var.create_unqualified_alias_allowed_triggers ? var.event_source_mapping : {}

  region            = var.region
  function_name     = aws_lambda_function.this[0].arn
  event_source_arn  = try(each.value.event_source_arn, null)
  enabled           = try(each.value.enabled, true)
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
  dynamic "document_db_event_source_config" {
    for_each = try(each.value.document_db_event_source_config, [])
    content {
      database_name = document_db_event_source_config.value.database_name
    }
  }
}

resource "aws_lambda_function_event_invoke_config" "this" {
  for_each = local.makes_function && var.create_async_event_config ? toset(concat(var.create_current_version_async_event_config ? ["current_version"] : [], var.create_unqualified_alias_async_event_config ? ["unqualified_alias"] : [])) : toset([])

  region        = var.region
  function_name = aws_lambda_function.this[0].function_name
  qualifier     = each.key == "current_version" ? aws_lambda_function.this[0].version : null

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

resource "aws_lambda_function_url" "this" {
  count = local.makes_function && var.create_lambda_function_url ? 1 : 0

  region             = var.region
  function_name      = aws_lambda_function.this[0].function_name
  qualifier          = var.create_unqualified_alias_lambda_function_url ? null : aws_lambda_function.this[0].version
  authorization_type = var.authorization_type
}

output "lambda_function_url" {
  value = try(aws_lambda_function_url.this[0].function_url, "")
}
