module "api" {
  source        = "cloudposse/lambda-function/aws"
  function_name = "api"
  lambda_environment = {
    variables = { HOST = module.orders.endpoint }
  }
}

module "orders" {
  source  = "cloudposse/rds-cluster/aws"
  name    = "orders"
  engine  = "aurora-postgresql"
  vpc_id  = "vpc-0a"
  subnets = ["subnet-0a", "subnet-0b"]
}
