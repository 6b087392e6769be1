data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

resource "aws_iam_role" "inbox" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lambda.amazonaws.com"] } }]
  })
}

resource "aws_lambda_function" "inbox" {
  function_name = "inbox"
  role          = aws_iam_role.inbox.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "inbox.zip"
}

resource "aws_ses_receipt_rule_set" "main" {
  rule_set_name = "main"
}

resource "aws_ses_receipt_rule" "inbox" {
  name          = "inbox"
  rule_set_name = aws_ses_receipt_rule_set.main.rule_set_name

  lambda_action {
    function_arn = aws_lambda_function.inbox.arn
    position     = 1
  }
}

resource "aws_lambda_permission" "ses" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.inbox.function_name
  principal     = "ses.amazonaws.com"
  source_arn    = aws_ses_receipt_rule.inbox.arn
}
