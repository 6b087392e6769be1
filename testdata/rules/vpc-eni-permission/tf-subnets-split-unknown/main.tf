data "aws_ssm_parameter" "subnets" {
  name = "/network/private_subnet_ids"
}

module "orders" {
  source  = "terraform-aws-modules/lambda/aws"
  version = "7.20.1"

  function_name          = "orders"
  vpc_subnet_ids         = split(",", data.aws_ssm_parameter.subnets.value)
  vpc_security_group_ids = ["sg-0a1b2c3d4e5f60718"]
}
