# The API's module makes no permission, and the function's has none in `allowed_triggers`.
module "api" {
  source  = "terraform-aws-modules/apigateway-v2/aws"
  version = "~> 6.0"

  name               = "orders"
  create_domain_name = false
  routes = {
    "GET /orders" = {
      integration = {
        uri                    = module.orders.lambda_function_arn
        payload_format_version = "2.0"
      }
    }
    "GET /health" = {
      integration = { type = "HTTP_PROXY", method = "GET", uri = "https://example.com" }
    }
  }
}

module "orders" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders"
}
