resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = "arn:aws:iam::123456789012:role/worker"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "worker.zip"
}

resource "aws_cloudwatch_event_rule" "cron" {
  schedule_expression = "rate(1 day)"
}

resource "aws_lambda_permission" "worker" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.worker.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.cron.arn
}
