module "orders" {
  source = "terraform-aws-modules/lambda/aws"

  function_name          = "orders"
  create_role            = false
  lambda_role            = aws_iam_role.orders.arn
  vpc_subnet_ids         = ["subnet-0a"]
  vpc_security_group_ids = ["sg-0a"]
}

resource "aws_iam_role" "orders" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
