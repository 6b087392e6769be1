# A boundary that leaves out what the module's own policies allow.
resource "aws_iam_policy" "boundary" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["logs:*", "dynamodb:*"], Resource = "*" }]
  })
}

module "orders" {
  source               = "cloudposse/lambda-function/aws"
  function_name        = "orders"
  permissions_boundary = aws_iam_policy.boundary.arn
  vpc_config = {
    subnet_ids         = ["subnet-0a"]
    security_group_ids = ["sg-0a"]
  }
}
