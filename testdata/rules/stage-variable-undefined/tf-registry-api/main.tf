module "api" {
  source = "terraform-aws-modules/apigateway-v2/aws"

  routes = {
    "GET /orders" = {
      integration = {
        uri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:$${stageVariables.fn}/invocations"
      }
    }
  }
}

module "orders" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders-dev"
}
