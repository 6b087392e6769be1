# Up to version 5. Conditions of a trust policy are left alone.
module "needs_mfa" {
  source  = "terraform-aws-modules/iam/aws//modules/iam-assumable-role"
  version = "~> 5.30"

  create_role           = true
  role_name             = "needs-mfa"
  trusted_role_services = ["lambda.amazonaws.com"]
}

module "plain" {
  source  = "terraform-aws-modules/iam/aws//modules/iam-assumable-role"
  version = "~> 5.30"

  create_role           = true
  role_name             = "plain"
  role_requires_mfa     = false
  trusted_role_services = ["lambda.amazonaws.com"]
}

module "custom" {
  source  = "terraform-aws-modules/iam/aws//modules/iam-assumable-role"
  version = "~> 5.30"

  create_role                     = true
  role_name                       = "custom"
  create_custom_role_trust_policy = true
  custom_role_trust_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "each" {
  for_each = {
    needs_mfa = module.needs_mfa.iam_role_arn
    plain     = module.plain.iam_role_arn
    custom    = module.custom.iam_role_arn
  }
  function_name = each.key
  role          = each.value
}
