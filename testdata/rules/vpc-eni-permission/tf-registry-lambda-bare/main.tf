# Subnets and groups alone do not make the module attach the policy for network interfaces.
module "orders" {
  source  = "terraform-aws-modules/lambda/aws"
  version = "~> 7.0"

  function_name          = "orders"
  handler                = "index.handler"
  runtime                = "nodejs20.x"
  source_path            = "src"
  vpc_subnet_ids         = ["subnet-0a", "subnet-0b"]
  vpc_security_group_ids = ["sg-0a"]
}
