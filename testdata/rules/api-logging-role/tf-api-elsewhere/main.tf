variable "api" {}

# Only WebSocket APIs log with the account's role.
resource "aws_apigatewayv2_stage" "prod" {
  api_id = var.api
  name   = "prod"

  default_route_settings {
    logging_level = "INFO"
  }
}
