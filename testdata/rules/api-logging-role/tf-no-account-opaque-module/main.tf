resource "aws_api_gateway_rest_api" "shop" {
  name = "shop"
}

resource "aws_cloudwatch_log_group" "shop" {
  name = "shop"
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.shop.id
  deployment_id = "abc"
  stage_name    = "prod"

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.shop.arn
    format          = "$context.requestId"
  }
}

module "account" {
  source = "git::https://example.com/account.git"
}
