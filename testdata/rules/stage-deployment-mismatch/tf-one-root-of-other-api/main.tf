variable "on" {
  type = bool
}

variable "resource" {
  type = string
}

variable "api" {
  type = string
}

resource "aws_api_gateway_rest_api" "one" {
  name = "one"
}

resource "aws_api_gateway_rest_api" "two" {
  name = "two"
}

resource "aws_api_gateway_method" "m" {
  rest_api_id   = aws_api_gateway_rest_api.one.id
  resource_id   = var.on ? aws_api_gateway_rest_api.one.root_resource_id : aws_api_gateway_rest_api.two.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}
