locals {
  rules = { hourly = "rate(1 hour)", daily = "rate(1 day)" }
}

resource "aws_cloudwatch_event_rule" "all" {
  for_each            = local.rules
  name                = each.key
  schedule_expression = each.value
}

resource "aws_cloudwatch_event_target" "all" {
  for_each = local.rules
  rule     = aws_cloudwatch_event_rule.all[each.key].name
  arn      = aws_lambda_function.worker.arn
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = "arn:aws:iam::123456789012:role/worker"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "worker.zip"
}

resource "aws_lambda_permission" "worker" {
  for_each      = local.rules
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.worker.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.all[each.key].arn
}
