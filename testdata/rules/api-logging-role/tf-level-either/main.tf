variable "debug" {
  type = bool
}

resource "aws_api_gateway_rest_api" "shop" {
  name = "shop"
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  stage_name  = "prod"
  method_path = "*/*"

  settings {
    logging_level = var.debug ? "INFO" : "ERROR"
  }
}

