resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "states.amazonaws.com" } }]
  })
}

resource "aws_cloudwatch_event_target" "flow" {
  rule     = "nightly"
  arn      = "arn:aws:lambda:eu-west-1:123456789012:function:worker"
  role_arn = aws_iam_role.worker.arn
}
