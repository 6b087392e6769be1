variable "environment" {
  type = map(string)
}

resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_kms_key" "env" {
  description = "environment"
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
  kms_key_arn   = aws_kms_key.env.arn
  environment {
    variables = merge(var.environment, { A = "b" })
  }
}
