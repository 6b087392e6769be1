resource "aws_apigatewayv2_api" "pets" {
  name          = "pets"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "pets" {
  api_id           = aws_apigatewayv2_api.pets.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.pets.arn
}

resource "aws_apigatewayv2_route" "pets" {
  api_id    = aws_apigatewayv2_api.pets.id
  route_key = "GET /pets"
  target    = "integrations/${aws_apigatewayv2_integration.pets.id}"
}

resource "aws_apigatewayv2_route" "new_pet" {
  api_id    = aws_apigatewayv2_api.pets.id
  route_key = "POST /pets"
  target    = "integrations/${aws_apigatewayv2_integration.pets.id}"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.pets.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_lambda_function" "pets" {
  function_name = "pets"
  role          = "arn:aws:iam::123456789012:role/lambda"
  runtime       = "nodejs20.x"
  handler       = "index.handler"
  filename      = "lambda.zip"
}

resource "aws_lambda_permission" "get" {
  function_name = aws_lambda_function.pets.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.pets.execution_arn}/*/GET/pets"
}
