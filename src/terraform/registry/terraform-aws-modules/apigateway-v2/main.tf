variable "create" {
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
  default = null
}
variable "create_routes_and_integrations" {
  type    = bool
  default = true
}
variable "routes" {
  type = map(object({
    authorization_type = optional(string)
    authorizer_id      = optional(string)
    authorizer_key     = optional(string)
    api_key_required   = optional(bool)
    integration = object({
      connection_id          = optional(string)
      connection_type        = optional(string)
      credentials_arn        = optional(string)
      method                 = optional(string)
      payload_format_version = optional(string)
      request_parameters     = optional(map(string), {})
      subtype                = optional(string)
      type                   = optional(string, "AWS_PROXY")
      uri                    = optional(string)
      vpc_link_key           = optional(string)
    })
  }))
  default = {}
}
variable "authorizers" {
  type = map(object({
    authorizer_credentials_arn        = optional(string)
    authorizer_payload_format_version = optional(string)
    authorizer_type                   = optional(string, "REQUEST")
    authorizer_uri                    = optional(string)
    enable_simple_responses           = optional(bool)
    identity_sources                  = optional(list(string))
    name                              = optional(string)
    jwt_configuration = optional(object({
      audience = optional(list(string))
      issuer   = optional(string)
    }))
  }))
  default = {}
}
variable "create_stage" {
  type    = bool
  default = true
}
variable "deploy_stage" {
  type    = bool
  default = true
}
variable "stage_name" {
  type    = string
  default = "$default"
}
variable "stage_variables" {
  type    = map(string)
  default = {}
}
variable "vpc_links" {
  default = {}
}

locals {
  http   = var.protocol_type == "HTTP"
  routes = var.create && var.create_routes_and_integrations ? var.routes : {}
}

resource "aws_apigatewayv2_api" "this" {
  count = var.create ? 1 : 0

  name            = var.name
  protocol_type   = var.protocol_type
  body            = local.http ? var.body : null
  target          = local.http ? var.target : null
  route_key       = local.http ? var.route_key : null
  credentials_arn = local.http ? var.credentials_arn : null

  dynamic "cors_configuration" {
    for_each = local.http && var.cors_configuration != null ? [var.cors_configuration] : []
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

resource "aws_apigatewayv2_authorizer" "this" {
  for_each = var.create ? var.authorizers : {}

  api_id                            = aws_apigatewayv2_api.this[0].id
  name                              = coalesce(each.value.name, each.key)
  authorizer_type                   = each.value.authorizer_type
  authorizer_uri                    = each.value.authorizer_uri
  authorizer_credentials_arn        = each.value.authorizer_credentials_arn
  authorizer_payload_format_version = each.value.authorizer_payload_format_version
  enable_simple_responses           = each.value.enable_simple_responses
  identity_sources                  = each.value.identity_sources

  dynamic "jwt_configuration" {
    for_each = each.value.jwt_configuration != null ? [each.value.jwt_configuration] : []
    content {
      audience = jwt_configuration.value.audience
      issuer   = jwt_configuration.value.issuer
    }
  }
}

resource "aws_apigatewayv2_route" "this" {
  for_each = local.routes

  api_id             = aws_apigatewayv2_api.this[0].id
  route_key          = each.key
  api_key_required   = local.http ? null : each.value.api_key_required
  authorization_type = each.value.authorization_type
  authorizer_id      = try(aws_apigatewayv2_authorizer.this[each.value.authorizer_key].id, each.value.authorizer_id)
  target             = "integrations/${aws_apigatewayv2_integration.this[each.key].id}"
}

resource "aws_apigatewayv2_integration" "this" {
  for_each = local.routes

  api_id                 = aws_apigatewayv2_api.this[0].id
  connection_id          = try(aws_apigatewayv2_vpc_link.this[each.value.integration.vpc_link_key].id, each.value.integration.connection_id)
  connection_type        = each.value.integration.connection_type
  credentials_arn        = each.value.integration.credentials_arn
  integration_method     = each.value.integration.method
  integration_subtype    = each.value.integration.subtype
  integration_type       = each.value.integration.type
  integration_uri        = each.value.integration.uri
  payload_format_version = each.value.integration.payload_format_version
  request_parameters     = each.value.integration.request_parameters
}

resource "aws_apigatewayv2_stage" "this" {
  count = var.create && var.create_stage ? 1 : 0

  api_id          = aws_apigatewayv2_api.this[0].id
  name            = var.stage_name
  auto_deploy     = local.http ? true : null
  deployment_id   = local.http ? null : try(aws_apigatewayv2_deployment.this[0].id, null)
  stage_variables = var.stage_variables
}

# The module's deployment follows all routes and integrations.
resource "aws_apigatewayv2_deployment" "this" {
  count = var.create && var.create_stage && var.deploy_stage && !local.http ? 1 : 0

  api_id     = aws_apigatewayv2_api.this[0].id
  depends_on = [aws_apigatewayv2_integration.this, aws_apigatewayv2_route.this]
}

resource "aws_apigatewayv2_vpc_link" "this" {
  for_each = var.create ? var.vpc_links : {}

  name               = try(each.value.name, each.key)
  security_group_ids = each.value.security_group_ids
  subnet_ids         = each.value.subnet_ids
}

output "api_id" {
  value = try(aws_apigatewayv2_api.this[0].id, null)
}
output "api_arn" {
  value = try(aws_apigatewayv2_api.this[0].arn, null)
}
output "api_endpoint" {
  value = try(aws_apigatewayv2_api.this[0].api_endpoint, null)
}
output "api_execution_arn" {
  value = try(aws_apigatewayv2_api.this[0].execution_arn, null)
}
output "authorizers" {
  value = aws_apigatewayv2_authorizer.this
}
output "integrations" {
  value = aws_apigatewayv2_integration.this
}
output "routes" {
  value = aws_apigatewayv2_route.this
}
output "stage_id" {
  value = try(aws_apigatewayv2_stage.this[0].id, null)
}
output "stage_arn" {
  value = try(aws_apigatewayv2_stage.this[0].arn, null)
}
output "stage_execution_arn" {
  value = try(aws_apigatewayv2_stage.this[0].execution_arn, null)
}
output "stage_invoke_url" {
  value = try(aws_apigatewayv2_stage.this[0].invoke_url, null)
}
output "vpc_links" {
  value = aws_apigatewayv2_vpc_link.this
}
