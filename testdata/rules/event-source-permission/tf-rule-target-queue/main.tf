resource "aws_cloudwatch_event_rule" "cron" {
  name                = "cron"
  schedule_expression = "rate(5 minutes)"
}

resource "aws_cloudwatch_event_target" "cron" {
  rule = aws_cloudwatch_event_rule.cron.name
  arn  = aws_sqs_queue.q.arn
}

resource "aws_sqs_queue" "q" {}
