module "interfaces" {
  source = "terraform-aws-modules/iam/aws//modules/iam-policy"

  name = "interfaces"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"]
      Resource = "*"
    }]
  })
}

module "attached" {
  source = "terraform-aws-modules/iam/aws//modules/iam-role"

  name     = "attached"
  policies = { interfaces = module.interfaces.arn }
  trust_policy_permissions = {
    lambda = { actions = ["sts:AssumeRole"], principals = [{ type = "Service", identifiers = ["lambda.amazonaws.com"] }] }
  }
}

module "inline" {
  source = "terraform-aws-modules/iam/aws//modules/iam-role"

  name                 = "inline"
  create_inline_policy = true
  inline_policy_permissions = {
    interfaces = {
      actions   = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"]
      resources = ["*"]
    }
  }
}

# Statements alone make no inline policy.
module "not_made" {
  source = "terraform-aws-modules/iam/aws//modules/iam-role"

  name = "not-made"
  inline_policy_permissions = {
    interfaces = {
      actions   = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"]
      resources = ["*"]
    }
  }
}

module "orders" {
  source   = "terraform-aws-modules/lambda/aws"
  for_each = { attached = module.attached.arn, inline = module.inline.arn, not_made = module.not_made.arn }

  function_name          = each.key
  create_role            = false
  lambda_role            = each.value
  vpc_subnet_ids         = ["subnet-0a"]
  vpc_security_group_ids = ["sg-0a"]
}
