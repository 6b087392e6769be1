resource "aws_cloudwatch_event_rule" "errors" {
  name          = "errors"
  event_pattern = jsonencode({ source = ["aws.health"] })
}

resource "aws_cloudwatch_event_target" "errors" {
  rule = aws_cloudwatch_event_rule.errors.name
  arn  = aws_cloudwatch_log_group.errors.arn
}

resource "aws_cloudwatch_log_group" "errors" {
  name = "/shop/errors"
}
