variable "api" {
  type = string
}

variable "root" {
  type = string
}

resource "aws_api_gateway_method" "get" {
  rest_api_id   = var.api
  resource_id   = var.root
  http_method   = "GET"
  authorization = "NONE"
}
