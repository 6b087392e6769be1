resource "aws_sns_topic" "orders" {
  name = "orders"
}

resource "aws_sqs_queue" "orders" {
  name = "orders"
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = "arn:aws:iam::123456789012:role/worker"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "worker.zip"
}


locals {
  subscribers = {
    queue    = { protocol = "sqs", endpoint = aws_sqs_queue.orders.arn }
    function = { protocol = "sqs", endpoint = aws_lambda_function.worker.arn }
  }
}

resource "aws_sns_topic_subscription" "each" {
  for_each  = local.subscribers
  topic_arn = aws_sns_topic.orders.arn
  protocol  = each.value.protocol
  endpoint  = each.value.endpoint
}
