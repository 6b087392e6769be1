resource "aws_api_gateway_rest_api" "shop" {
  name = "shop"
  body = jsonencode({
    swagger = "2.0"
    info    = { title = "shop", version = "1" }
    paths = { "/a" = { get = {
      security = [{ token = [] }]
      x-amazon-apigateway-integration = { type = "mock" }
    } } }
    securityDefinitions = { token = {
      type = "apiKey"
      name = "Authorization"
      in   = "header"
      x-amazon-apigateway-authtype = "custom"
      x-amazon-apigateway-authorizer = {
        type          = "token"
        authorizerUri = aws_lambda_function.worker.invoke_arn
      }
    } }
  })
}

resource "aws_api_gateway_deployment" "live" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id   = aws_api_gateway_rest_api.shop.id
  deployment_id = aws_api_gateway_deployment.live.id
  stage_name    = "live"
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = "arn:aws:iam::123456789012:role/worker"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "worker.zip"
}
