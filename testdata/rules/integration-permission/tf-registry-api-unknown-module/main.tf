# A module that is neither here nor modelled was given the function: it may make the permission.
module "api" {
  source = "terraform-aws-modules/apigateway-v2/aws"

  routes = {
    "GET /orders" = { integration = { uri = module.orders.lambda_function_arn } }
  }
}

module "orders" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders"
}

module "permissions" {
  source   = "example/lambda-permissions/aws"
  function = module.orders.lambda_function_name
}
