variable "api" {}
variable "root_id" {}

resource "aws_api_gateway_method" "get" {
  rest_api_id   = var.api
  resource_id   = var.root_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id             = var.api
  resource_id             = var.root_id
  http_method             = aws_api_gateway_method.get.http_method
  type                    = "MOCK"
}

output "integration" {
  value = aws_api_gateway_integration.get.id
}
