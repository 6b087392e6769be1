resource "aws_api_gateway_rest_api" "shop" {
  name = "shop"
}

resource "aws_api_gateway_resource" "part" {
  count       = 300
  rest_api_id = aws_api_gateway_rest_api.shop.id
  parent_id   = aws_api_gateway_rest_api.shop.root_resource_id
  path_part   = "part-${count.index}"
}

resource "aws_api_gateway_method" "part" {
  count         = 300
  rest_api_id   = aws_api_gateway_rest_api.shop.id
  resource_id   = aws_api_gateway_resource.part[count.index].id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "part" {
  count       = 300
  rest_api_id = aws_api_gateway_rest_api.shop.id
  resource_id = aws_api_gateway_resource.part[count.index].id
  http_method = aws_api_gateway_method.part[count.index].http_method
  type        = "MOCK"
}

resource "aws_api_gateway_deployment" "live" {
  rest_api_id = aws_api_gateway_rest_api.shop.id

  triggers = {
    redeployment = sha1(jsonencode([aws_api_gateway_method.part, aws_api_gateway_integration.part]))
  }
}
