resource "aws_iam_role" "orders" {
  name = "orders"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = aws_iam_role.orders.arn
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "orders.zip"
}

resource "aws_lambda_function" "failed" {
  function_name = "failed"
  role          = "arn:aws:iam::111122223333:role/failed"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "failed.zip"
}

resource "aws_lambda_permission" "failed" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.failed.function_name
  principal     = aws_iam_role.orders.arn
}

resource "aws_lambda_function_event_invoke_config" "orders" {
  function_name = aws_lambda_function.orders.function_name

  destination_config {
    on_failure {
      destination = aws_lambda_function.failed.arn
    }
  }
}
