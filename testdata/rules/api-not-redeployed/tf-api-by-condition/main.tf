variable "own" {
  type = bool
}

variable "other" {}

resource "aws_api_gateway_rest_api" "orders" {
  name = "orders"
}

resource "aws_api_gateway_deployment" "frozen" {
  rest_api_id = var.own ? aws_api_gateway_rest_api.orders.id : var.other
}

resource "aws_api_gateway_deployment" "triggered" {
  rest_api_id = var.own ? aws_api_gateway_rest_api.orders.id : var.other
  triggers    = { redeployment = "abc" }
}
