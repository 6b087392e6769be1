resource "aws_lambda_function" "pay" {
  function_name = "pay"
  role          = "arn:aws:iam::111122223333:role/r"
  handler       = "index.handler"
  runtime       = "nodejs20.x"
  filename      = "f.zip"
}

resource "aws_api_gateway_rest_api" "api" {
  name = "pay"
  body = replace(file("${path.module}/api.json"), "__PAY__", aws_lambda_function.pay.invoke_arn)
}
resource "aws_api_gateway_deployment" "d" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  triggers    = { b = md5(file("${path.module}/api.json")) }
}
resource "aws_api_gateway_stage" "s" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  deployment_id = aws_api_gateway_deployment.d.id
  stage_name    = "live"
}

resource "aws_lambda_permission" "p" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.pay.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/*/GET/pay"
}
