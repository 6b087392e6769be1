resource "aws_apigatewayv2_api" "shop" {
  name          = "shop"
  protocol_type = "HTTP"
  cors_configuration {
    allow_origins = ["*"]
    allow_methods = var.methods
  }
}

resource "aws_apigatewayv2_route" "r0" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "DELETE /a"
}

variable "methods" {
  type = list(string)
}
