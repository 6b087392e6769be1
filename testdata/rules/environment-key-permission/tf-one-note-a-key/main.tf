resource "aws_kms_key" "env" {
}

resource "aws_iam_role" "worker" {
  for_each           = toset(["a", "b"])
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_lambda_function" "worker" {
  for_each      = aws_iam_role.worker
  function_name = each.key
  role          = each.value.arn
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "worker.zip"
  kms_key_arn   = aws_kms_key.env.arn

  environment {
    variables = { STAGE = "prod" }
  }
}

resource "aws_iam_role" "mails" {
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_lambda_function" "mails" {
  function_name = "mails"
  role          = aws_iam_role.mails.arn
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "mails.zip"
  kms_key_arn   = aws_kms_key.env.arn

  environment {
    variables = { STAGE = "prod" }
  }
}
