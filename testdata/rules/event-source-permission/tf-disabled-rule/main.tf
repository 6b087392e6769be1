resource "aws_cloudwatch_event_rule" "nightly" {
  for_each            = { off = "DISABLED", on = "ENABLED" }
  name                = "nightly-${each.key}"
  schedule_expression = "rate(1 day)"
  state               = each.value
}

resource "aws_cloudwatch_event_target" "off" {
  rule = aws_cloudwatch_event_rule.nightly["off"].name
  arn  = aws_lambda_function.worker.arn
}

resource "aws_cloudwatch_event_target" "on" {
  rule = aws_cloudwatch_event_rule.nightly["on"].name
  arn  = aws_lambda_function.worker.arn
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = "arn:aws:iam::123456789012:role/worker"
  runtime       = "python3.12"
  handler       = "a.b"
  filename      = "a.zip"
}
