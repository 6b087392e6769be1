resource "aws_sfn_state_machine" "export" {
  name       = "export"
  role_arn   = aws_iam_role.states.arn
  definition = jsonencode({ StartAt = "A", States = { A = { Type = "Succeed" } } })
}

resource "aws_iam_role" "states" {
  name = "states"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "states.amazonaws.com" } }]
  })
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "rate(1 day)"
  is_enabled          = false
}

resource "aws_cloudwatch_event_target" "export" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = aws_sfn_state_machine.export.arn
  role_arn = aws_iam_role.states.arn
}
