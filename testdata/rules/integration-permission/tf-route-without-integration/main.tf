variable "integration" {
  type = string
}

variable "blue" {
  type = bool
}

resource "aws_lambda_function" "f" {
  function_name = "blue"
  role          = "arn:aws:iam::123456789012:role/r"
}

resource "aws_lambda_function" "g" {
  function_name = "green"
  role          = "arn:aws:iam::123456789012:role/r"
}

resource "aws_apigatewayv2_api" "a" {
  name          = "a"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "i" {
  api_id           = aws_apigatewayv2_api.a.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.f.invoke_arn
}

resource "aws_apigatewayv2_integration" "j" {
  api_id           = aws_apigatewayv2_api.a.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.g.invoke_arn
}

resource "aws_apigatewayv2_route" "r" {
  api_id    = aws_apigatewayv2_api.a.id
  route_key = "GET /x"
  target    = null
}

resource "aws_apigatewayv2_stage" "s" {
  api_id      = aws_apigatewayv2_api.a.id
  name        = "$default"
  auto_deploy = true
}
