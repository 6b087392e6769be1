# Without `attach_policy_statements` the statements are attached to nothing.
module "orders" {
  source = "terraform-aws-modules/lambda/aws"

  function_name          = "orders"
  vpc_subnet_ids         = ["subnet-0a"]
  vpc_security_group_ids = ["sg-0a"]
  policy_statements = {
    interfaces = {
      effect    = "Allow"
      actions   = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"]
      resources = ["*"]
    }
  }
}
