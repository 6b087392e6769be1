# The module attaches the policy for network interfaces whenever it puts the function into a VPC.
module "label" {
  source    = "cloudposse/label/null"
  version   = "0.25.0"
  namespace = "eg"
  stage     = "dev"
  name      = "orders"
}

module "orders" {
  source  = "cloudposse/lambda-function/aws"
  version = "0.6.1"

  function_name = module.label.id
  handler       = "index.handler"
  runtime       = "nodejs20.x"
  vpc_config = {
    subnet_ids         = ["subnet-0a"]
    security_group_ids = ["sg-0a"]
  }

  context = module.label.context
}

variable "context" {
  type = any
}

# Whether it is enabled is not known: the function and its role come and go together.
module "perhaps" {
  source        = "cloudposse/lambda-function/aws"
  function_name = "perhaps"
  vpc_config = {
    subnet_ids         = ["subnet-0a"]
    security_group_ids = ["sg-0a"]
  }
  context = var.context
}

module "off" {
  source        = "cloudposse/lambda-function/aws"
  enabled       = false
  function_name = "off"
  vpc_config = {
    subnet_ids         = ["subnet-0a"]
    security_group_ids = ["sg-0a"]
  }
}
