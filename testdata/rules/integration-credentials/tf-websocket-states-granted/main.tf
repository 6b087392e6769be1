resource "aws_iam_role" "api" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["apigateway.amazonaws.com"] } }]
  })
}

resource "aws_apigatewayv2_api" "shop" {
  name          = "shop"
  protocol_type = "WEBSOCKET"
}

resource "aws_apigatewayv2_integration" "start" {
  api_id              = aws_apigatewayv2_api.shop.id
  integration_type    = "AWS"
  integration_uri     = "arn:aws:apigateway:eu-west-1:states:action/StartExecution"
  integration_method  = "POST"
  credentials_arn     = aws_iam_role.api.arn
}

resource "aws_apigatewayv2_route" "start" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "start"
  target    = "integrations/${aws_apigatewayv2_integration.start.id}"
}

resource "aws_iam_role_policy" "api" {
  role = aws_iam_role.api.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "states:StartExecution", Resource = "*" }]
  })
}
