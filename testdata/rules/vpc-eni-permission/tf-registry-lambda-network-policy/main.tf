module "orders" {
  source = "terraform-aws-modules/lambda/aws"

  function_name          = "orders"
  handler                = "index.handler"
  runtime                = "nodejs20.x"
  vpc_subnet_ids         = ["subnet-0a"]
  vpc_security_group_ids = ["sg-0a"]
  attach_network_policy  = true
}

# Any other way of the module to grant it does as well.
module "by_arn" {
  source = "git::https://github.com/terraform-aws-modules/terraform-aws-lambda.git?ref=v6.5.0"

  function_name          = "by-arn"
  vpc_subnet_ids         = ["subnet-0a"]
  vpc_security_group_ids = ["sg-0a"]
  attach_policies        = true
  number_of_policies     = 1
  policies               = ["arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"]
}

module "by_statements" {
  source = "registry.terraform.io/terraform-aws-modules/lambda/aws"

  function_name            = "by-statements"
  vpc_subnet_ids           = ["subnet-0a"]
  vpc_security_group_ids   = ["sg-0a"]
  attach_policy_statements = true
  policy_statements = {
    interfaces = {
      effect    = "Allow"
      actions   = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"]
      resources = ["*"]
    }
  }
}

# Only one of the two: the module puts the function into no VPC.
module "half" {
  source = "terraform-aws-modules/lambda/aws"

  function_name  = "half"
  vpc_subnet_ids = ["subnet-0a"]
}
