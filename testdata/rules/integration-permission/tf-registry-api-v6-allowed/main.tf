module "api" {
  source  = "terraform-aws-modules/apigateway-v2/aws"
  version = ">= 5.1, < 7"

  name = "orders"
  routes = {
    "GET /orders" = {
      integration = { uri = module.orders.lambda_function_arn }
    }
    "$default" = {
      integration = { uri = module.beside.lambda_function_invoke_arn }
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
      source_arn = "${module.api.api_execution_arn}/*/*"
    }
  }
}

module "beside" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "beside"
}

resource "aws_lambda_permission" "beside" {
  action        = "lambda:InvokeFunction"
  function_name = module.beside.lambda_function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${module.api.api_execution_arn}/*/$default"
}
