resource "aws_api_gateway_rest_api" "orders" {
  name = "orders"
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.orders.id
  resource_id             = aws_api_gateway_rest_api.orders.root_resource_id
  http_method             = "GET"
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:orders-$${stageVariables.env}/invocations"
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  stage_name    = "prod"
  deployment_id = "abc"
  variables     = { env = "prod" }
}

variable "own" {
  type = bool
}

variable "other" {}

resource "aws_api_gateway_stage" "test" {
  rest_api_id   = var.own ? aws_api_gateway_rest_api.orders.id : var.other
  stage_name    = "test"
  deployment_id = "abc"
}

resource "aws_api_gateway_stage" "with" {
  rest_api_id   = var.own ? aws_api_gateway_rest_api.orders.id : var.other
  stage_name    = "with"
  deployment_id = "abc"
  variables     = { env = "test" }
}

resource "aws_api_gateway_stage" "elsewhere" {
  rest_api_id   = var.other
  stage_name    = "elsewhere"
  deployment_id = "abc"
}
