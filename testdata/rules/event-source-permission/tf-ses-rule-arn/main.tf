resource "aws_lambda_function" "mail" {
  function_name = "mail"
  role          = "arn:aws:iam::123456789012:role/mail"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "mail.zip"
}

resource "aws_ses_receipt_rule_set" "main" {
  rule_set_name = "main"
}

resource "aws_ses_receipt_rule" "mail" {
  name          = "mail"
  rule_set_name = aws_ses_receipt_rule_set.main.rule_set_name
  enabled       = true

  lambda_action {
    function_arn = aws_lambda_function.mail.arn
    position     = 1
  }
}

resource "aws_lambda_permission" "mail" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.mail.function_name
  principal     = "ses.amazonaws.com"
  source_arn    = aws_ses_receipt_rule.mail.arn
}
