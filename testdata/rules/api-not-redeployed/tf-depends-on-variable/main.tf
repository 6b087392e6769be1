resource "aws_api_gateway_rest_api" "shop" {
  name = "shop"
}

module "route" {
  source  = "./parts"
  api     = aws_api_gateway_rest_api.shop.id
  root_id = aws_api_gateway_rest_api.shop.root_resource_id
}

module "deployment" {
  source = "./deployment"
  api    = aws_api_gateway_rest_api.shop.id
  after  = [module.route.integration]
}
