resource "aws_apigatewayv2_api" "shop" {
  name          = "shop"
  protocol_type = "WEBSOCKET"
}

resource "aws_apigatewayv2_integration" "start" {
  api_id              = aws_apigatewayv2_api.shop.id
  integration_type    = "AWS"
  integration_uri     = "arn:aws:apigateway:eu-west-1:states:action/StartExecution"
  integration_method  = "POST"
}

resource "aws_apigatewayv2_route" "start" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "start"
  target    = "integrations/${aws_apigatewayv2_integration.start.id}"
}
