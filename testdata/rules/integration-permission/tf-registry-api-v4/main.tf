# Up to version 4: `integrations`, and outputs with a prefix.
module "api" {
  source  = "terraform-aws-modules/apigateway-v2/aws"
  version = "~> 4.0"

  name                   = "orders"
  create_api_domain_name = false
  integrations = {
    "GET /orders" = {
      lambda_arn             = module.orders.lambda_function_arn
      payload_format_version = "2.0"
    }
    "GET /open" = {
      integration_type = "HTTP_PROXY"
      integration_uri  = "https://example.com"
    }
    "$default" = {
      lambda_arn = module.allowed.lambda_function_arn
    }
  }
}

module "orders" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders"
}

module "allowed" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "allowed"
  allowed_triggers = {
    api = {
      service    = "apigateway"
      source_arn = "${module.api.apigatewayv2_api_execution_arn}/*/*"
    }
  }
  create_current_version_allowed_triggers = false
}
