variable "destination" {}

resource "aws_api_gateway_rest_api" "shop" {
  name = "shop"
}

# A log group, or a stream of Firehose.
resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.shop.id
  deployment_id = "a1b2c3"
  stage_name    = "prod"

  access_log_settings {
    destination_arn = var.destination
    format          = "$context.requestId"
  }
}
