# The permission of `allowed_triggers` covers another path.
module "api" {
  source = "terraform-aws-modules/apigateway-v2/aws"

  routes = {
    "POST /orders" = {
      integration = { uri = module.orders.lambda_function_arn }
    }
  }
}

module "orders" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders"
  publish       = true
  allowed_triggers = {
    api = {
      service    = "apigateway"
      source_arn = "${module.api.api_execution_arn}/*/POST/order"
    }
  }
}
