variable "create" {
  type    = bool
  default = true
}
variable "create_api_gateway" {
  type    = bool
  default = true
}
variable "create_default_stage" {
  type    = bool
  default = true
}
variable "create_routes_and_integrations" {
  type    = bool
  default = true
}
variable "create_vpc_link" {
  type    = bool
  default = true
}
variable "name" {
  type    = string
  default = ""
}
variable "protocol_type" {
  type    = string
  default = "HTTP"
}
variable "body" {
  type    = string
  default = null
}
variable "target" {
  type    = string
  default = null
}
variable "route_key" {
  type    = string
  default = null
}
variable "credentials_arn" {
  type    = string
  default = null
}
variable "cors_configuration" {
  default = {}
}
variable "integrations" {
  default = {}
}
variable "authorizers" {
  default = {}
}
variable "vpc_links" {
  default = {}
}

locals {
  integrations = var.create && var.create_routes_and_integrations ? var.integrations : {}
}

resource "aws_apigatewayv2_api" "this" {
  count = var.create && var.create_api_gateway ? 1 : 0

  name            = var.name
  protocol_type   = var.protocol_type
  body            = var.body
  target          = var.target
  route_key       = var.route_key
  credentials_arn = var.credentials_arn

  dynamic "cors_configuration" {
    for_each = length(keys(var.cors_configuration)) > 0 ? [var.cors_configuration] : []
    content {
      allow_credentials = try(cors_configuration.value.allow_credentials, null)
      allow_headers     = try(cors_configuration.value.allow_headers, null)
      allow_methods     = try(cors_configuration.value.allow_methods, null)
      allow_origins     = try(cors_configuration.value.allow_origins, null)
      expose_headers    = try(cors_configuration.value.expose_headers, null)
      max_age           = try(cors_configuration.value.max_age, null)
    }
  }
}

resource "aws_apigatewayv2_stage" "default" {
  count = var.create && var.create_default_stage ? 1 : 0

  api_id      = aws_apigatewayv2_api.this[0].id
  name        = "$default"
  auto_deploy = true
}

resource "aws_apigatewayv2_route" "this" {
  for_each = local.integrations

  api_id             = aws_apigatewayv2_api.this[0].id
  route_key          = each.key
  api_key_required   = try(each.value.api_key_required, null)
  authorization_type = try(each.value.authorization_type, "NONE")
  authorizer_id      = try(aws_apigatewayv2_authorizer.this[each.value.authorizer_key].id, each.value.authorizer_id, null)
  target             = "integrations/${aws_apigatewayv2_integration.this[each.key].id}"
}

resource "aws_apigatewayv2_integration" "this" {
  for_each = local.integrations

  api_id                 = aws_apigatewayv2_api.this[0].id
  integration_type       = try(each.value.integration_type, try(each.value.lambda_arn, "") == "" ? "MOCK" : "AWS_PROXY")
  integration_subtype    = try(each.value.integration_subtype, null)
  integration_method     = try(each.value.integration_method, try(each.value.integration_subtype, null) == null ? "POST" : null)
  integration_uri        = try(each.value.lambda_arn, each.value.integration_uri, null)
  connection_type        = try(each.value.connection_type, "INTERNET")
  connection_id          = try(aws_apigatewayv2_vpc_link.this[each.value.vpc_link].id, each.value.connection_id, null)
  credentials_arn        = try(each.value.credentials_arn, null)
  payload_format_version = try(each.value.payload_format_version, null)
  request_parameters     = try(jsondecode(each.value.request_parameters), each.value.request_parameters, null)
}

resource "aws_apigatewayv2_authorizer" "this" {
  for_each = var.create && var.create_routes_and_integrations ? var.authorizers : {}

  api_id                            = aws_apigatewayv2_api.this[0].id
  name                              = try(each.value.name, null)
  authorizer_type                   = try(each.value.authorizer_type, null)
  authorizer_uri                    = try(each.value.authorizer_uri, null)
  authorizer_credentials_arn        = try(each.value.authorizer_credentials_arn, null)
  authorizer_payload_format_version = try(each.value.authorizer_payload_format_version, null)
  enable_simple_responses           = try(each.value.enable_simple_responses, null)
  identity_sources                  = try(flatten([each.value.identity_sources]), null)
}

resource "aws_apigatewayv2_vpc_link" "this" {
  for_each = var.create && var.create_vpc_link ? var.vpc_links : {}

  name               = try(each.value.name, each.key)
  security_group_ids = each.value.security_group_ids
  subnet_ids         = each.value.subnet_ids
}

output "apigatewayv2_api_id" {
  value = try(aws_apigatewayv2_api.this[0].id, "")
}
output "apigatewayv2_api_arn" {
  value = try(aws_apigatewayv2_api.this[0].arn, "")
}
output "apigatewayv2_api_api_endpoint" {
  value = try(aws_apigatewayv2_api.this[0].api_endpoint, "")
}
output "apigatewayv2_api_execution_arn" {
  value = try(aws_apigatewayv2_api.this[0].execution_arn, "")
}
output "default_apigatewayv2_stage_id" {
  value = try(aws_apigatewayv2_stage.default[0].id, "")
}
output "default_apigatewayv2_stage_arn" {
  value = try(aws_apigatewayv2_stage.default[0].arn, "")
}
output "default_apigatewayv2_stage_execution_arn" {
  value = try(aws_apigatewayv2_stage.default[0].execution_arn, "")
}
output "default_apigatewayv2_stage_invoke_url" {
  value = try(aws_apigatewayv2_stage.default[0].invoke_url, "")
}
# Names of versions before 1.
output "this_apigatewayv2_api_id" {
  value = try(aws_apigatewayv2_api.this[0].id, "")
}
output "this_apigatewayv2_api_execution_arn" {
  value = try(aws_apigatewayv2_api.this[0].execution_arn, "")
}
