# The API calls the alias; the function's own triggers do not cover that, the alias's do.
module "api" {
  source = "terraform-aws-modules/apigateway-v2/aws"

  routes = {
    "GET /orders" = { integration = { uri = module.live.lambda_alias_invoke_arn } }
  }
}

module "other" {
  source = "terraform-aws-modules/apigateway-v2/aws"

  routes = {
    "GET /other" = { integration = { uri = module.live.lambda_alias_invoke_arn } }
  }
}

module "orders" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders"
  publish       = true
  allowed_triggers = {
    other = { service = "apigateway", source_arn = "${module.other.api_execution_arn}/*/*" }
  }
}

module "live" {
  source           = "terraform-aws-modules/lambda/aws//modules/alias"
  name             = "live"
  function_name    = module.orders.lambda_function_name
  function_version = module.orders.lambda_function_version
  allowed_triggers = {
    api = { service = "apigateway", source_arn = "${module.api.api_execution_arn}/*/*" }
  }
}
