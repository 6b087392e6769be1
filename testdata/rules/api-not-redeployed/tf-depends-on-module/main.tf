resource "aws_api_gateway_rest_api" "pets" {
  name = "pets"
}

module "method" {
  source = "./method"
  api    = aws_api_gateway_rest_api.pets.id
  root   = aws_api_gateway_rest_api.pets.root_resource_id
}

resource "aws_api_gateway_deployment" "pets" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  triggers    = { version = "1" }
  depends_on  = [module.method]
}
