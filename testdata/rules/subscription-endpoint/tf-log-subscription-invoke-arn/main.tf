resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = "arn:aws:iam::123456789012:role/worker"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "worker.zip"
}

resource "aws_cloudwatch_log_subscription_filter" "errors" {
  name            = "errors"
  log_group_name  = "/aws/lambda/orders"
  filter_pattern  = "ERROR"
  destination_arn = aws_lambda_function.worker.invoke_arn
}

resource "aws_cloudwatch_log_subscription_filter" "all" {
  name            = "all"
  log_group_name  = "/aws/lambda/orders"
  filter_pattern  = ""
  destination_arn = "arn:aws:logs:eu-west-1:210987654321:destination:central"
}
