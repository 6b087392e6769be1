resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_sqs_queue" "orders" {
  name = "orders"
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
}

resource "aws_lambda_event_source_mapping" "f" {
  function_name    = aws_lambda_function.f.arn
  event_source_arn = aws_sqs_queue.orders.arn
}

module "queue_policy" {
  source = "git::https://git.example.com/modules/queue_policy.git"
  queue_arn = aws_sqs_queue.orders.arn
}
