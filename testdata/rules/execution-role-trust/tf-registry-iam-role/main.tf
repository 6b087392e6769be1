# Version 6: the trust is given as statements.
module "trusts_ec2" {
  source = "terraform-aws-modules/iam/aws//modules/iam-role"

  name = "trusts-ec2"
  trust_policy_permissions = {
    ec2 = {
      actions    = ["sts:AssumeRole"]
      principals = [{ type = "Service", identifiers = ["ec2.amazonaws.com"] }]
    }
  }
}

module "trusts_lambda" {
  source = "terraform-aws-modules/iam/aws//modules/iam-role"

  name = "trusts-lambda"
  trust_policy_permissions = {
    lambda = {
      actions    = ["sts:AssumeRole"]
      principals = [{ type = "Service", identifiers = ["lambda.amazonaws.com"] }]
    }
  }
}

resource "aws_lambda_function" "wrong" {
  function_name = "wrong"
  role          = module.trusts_ec2.arn
}

resource "aws_lambda_function" "right" {
  function_name = "right"
  role          = module.trusts_lambda.arn
}
