module "orders" {
  source        = "cloudposse/lambda-function/aws"
  version       = "0.5.3"
  function_name = "orders"
  invoke_function_permissions = [
    { principal = "apigateway.amazonaws.com", source_arn = "${aws_apigatewayv2_api.http.execution_arn}/*/*" },
  ]
}

module "forgotten" {
  source        = "git::https://github.com/cloudposse/terraform-aws-lambda-function.git?ref=tags/0.6.1"
  function_name = "forgotten"
  invoke_function_permissions = [
    { principal = "events.amazonaws.com", source_arn = "arn:aws:events:eu-west-1:123456789012:rule/nightly" },
  ]
}

resource "aws_apigatewayv2_api" "http" {
  name          = "http"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "live" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_apigatewayv2_integration" "orders" {
  api_id           = aws_apigatewayv2_api.http.id
  integration_type = "AWS_PROXY"
  integration_uri  = module.orders.invoke_arn
}

resource "aws_apigatewayv2_route" "orders" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "GET /orders"
  target    = "integrations/${aws_apigatewayv2_integration.orders.id}"
}

resource "aws_apigatewayv2_integration" "forgotten" {
  api_id           = aws_apigatewayv2_api.http.id
  integration_type = "AWS_PROXY"
  integration_uri  = module.forgotten.arn
}

resource "aws_apigatewayv2_route" "forgotten" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "GET /forgotten"
  target    = "integrations/${aws_apigatewayv2_integration.forgotten.id}"
}
