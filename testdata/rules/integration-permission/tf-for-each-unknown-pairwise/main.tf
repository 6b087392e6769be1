variable "functions" {
  type = map(object({ path = string }))
}

resource "aws_apigatewayv2_api" "api" {
  name          = "api"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.api.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_lambda_function" "all" {
  for_each      = var.functions
  function_name = each.key
  role          = "arn:aws:iam::123456789012:role/lambda"
  runtime       = "nodejs20.x"
  handler       = "index.handler"
  filename      = "lambda.zip"
}

resource "aws_apigatewayv2_integration" "all" {
  for_each         = var.functions
  api_id           = aws_apigatewayv2_api.api.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.all[each.key].arn
}

resource "aws_apigatewayv2_route" "all" {
  for_each  = var.functions
  api_id    = aws_apigatewayv2_api.api.id
  route_key = "GET ${each.value.path}"
  target    = "integrations/${aws_apigatewayv2_integration.all[each.key].id}"
}

resource "aws_lambda_permission" "all" {
  for_each      = var.functions
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.all[each.key].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.api.execution_arn}/*/GET${each.value.path}"
}
