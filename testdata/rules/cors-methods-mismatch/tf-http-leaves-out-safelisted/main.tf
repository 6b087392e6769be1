resource "aws_apigatewayv2_api" "shop" {
  name          = "shop"
  protocol_type = "HTTP"
  cors_configuration {
    allow_origins = ["*"]
    allow_methods = ["DELETE"]
  }
}

resource "aws_apigatewayv2_route" "r0" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "GET /a"
}

resource "aws_apigatewayv2_route" "r1" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "HEAD /a"
}

resource "aws_apigatewayv2_route" "r2" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "POST /a"
}

resource "aws_apigatewayv2_route" "r3" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "DELETE /a"
}
