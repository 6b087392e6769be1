variable "env" {}
data "aws_caller_identity" "me" {}
locals {
  seconds = { "111111111111" = 10, "222222222222" = 60 }
}
resource "aws_sqs_queue" "q" {
  name                       = "q"
  visibility_timeout_seconds = local.seconds[data.aws_caller_identity.me.account_id]
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/x"
  handler       = "a.b"
  runtime       = "python3.12"
  filename      = "x.zip"
  timeout       = 30
}
resource "aws_lambda_event_source_mapping" "m" {
  count            = var.env == "prod" ? 1 : 0
  function_name    = aws_lambda_function.f.arn
  event_source_arn = aws_sqs_queue.q.arn
}
