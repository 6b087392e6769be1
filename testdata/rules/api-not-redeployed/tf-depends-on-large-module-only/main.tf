provider "aws" {
  region = "eu-west-1"
}

resource "aws_api_gateway_rest_api" "shop" {
  name = "shop"
}

module "a_logs" {
  source = "./many"
}

module "b_route" {
  source  = "./parts"
  api     = aws_api_gateway_rest_api.shop.id
  root_id = aws_api_gateway_rest_api.shop.root_resource_id
}

resource "aws_api_gateway_deployment" "live" {
  rest_api_id = aws_api_gateway_rest_api.shop.id

  triggers = {
    redeployment = timestamp()
  }

  depends_on = [module.a_logs]
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.shop.id
  deployment_id = aws_api_gateway_deployment.live.id
  stage_name    = "prod"
}
