variable "role" {}

resource "aws_kms_key" "env" {
  description = "environment"
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = var.role
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "orders.zip"
  kms_key_arn   = aws_kms_key.env.arn

  environment {
    variables = {
      TABLE = "orders"
    }
  }
}
