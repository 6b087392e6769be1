resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  description   = "arn:aws:sqs:1"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "orders.zip"

  environment {
    variables = {
      PREFIX = "arn:aws:sqs"
    }
  }

  tags = {
    owner = "arn:team"
  }
}
