module "balancer" {
  source = "terraform-aws-modules/alb/aws"

  name    = "orders"
  vpc_id  = "vpc-0a"
  subnets = ["subnet-0a", "subnet-0b"]
  target_groups = {
    forgotten = {
      target_type = "lambda"
      target_id   = module.forgotten.lambda_function_arn
    }
    attached = {
      target_type              = "lambda"
      target_id                = module.attached.lambda_function_arn
      lambda_function_name     = module.attached.lambda_function_name
      attach_lambda_permission = true
    }
  }
}

module "forgotten" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "forgotten"
}

module "attached" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "attached"
}
