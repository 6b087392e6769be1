variable "env" {}

resource "aws_lambda_function" "f" {
  function_name = "f-${var.env}"
  handler       = "a.b"
  runtime       = "python3.13"
  filename      = "x.zip"
  role          = aws_iam_role.f.arn
}

resource "aws_iam_role" "f" {
  name               = "f-${var.env}"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
