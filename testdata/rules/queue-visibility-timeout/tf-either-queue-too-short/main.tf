resource "aws_sqs_queue" "orders" {
  name                       = "orders"
  visibility_timeout_seconds = 10
}

resource "aws_sqs_queue" "later" {
  name                       = "later"
  visibility_timeout_seconds = 10
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = "arn:aws:iam::123456789012:role/worker"
  timeout       = 60
}

resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn = var.first ? aws_sqs_queue.orders.arn : aws_sqs_queue.later.arn
  function_name    = aws_lambda_function.worker.arn
}

variable "first" {
  type = bool
}
