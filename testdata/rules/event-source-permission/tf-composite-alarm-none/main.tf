resource "aws_cloudwatch_composite_alarm" "errors" {
  alarm_name = "errors"
  alarm_rule      = "ALARM(errors)"
  alarm_actions = [aws_lambda_function.worker.arn]
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = "arn:aws:iam::123456789012:role/worker"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "worker.zip"
}
