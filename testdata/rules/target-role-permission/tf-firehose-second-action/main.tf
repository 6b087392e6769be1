resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = aws_kinesis_firehose_delivery_stream.out.arn
  role_arn = aws_iam_role.events.arn
}

resource "aws_kinesis_firehose_delivery_stream" "out" {
  name        = "out"
  destination = "extended_s3"
}

resource "aws_iam_role" "events" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["events.amazonaws.com", "scheduler.amazonaws.com"] } }]
  })
}

resource "aws_iam_role_policy" "events" {
  role   = aws_iam_role.events.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "firehose:PutRecordBatch", Resource = "*" }] })
}
