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

resource "aws_cloudwatch_log_resource_policy" "events" {
  policy_name = "events"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "${aws_cloudwatch_log_group.errors.arn}:*"
      Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.errors.arn } }
    }]
  })
}
