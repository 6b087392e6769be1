variable "strict" {
  type = bool
}

resource "aws_sqs_queue" "work" {}

resource "aws_sqs_queue_policy" "a" {
  count = var.strict ? 1 : 0

  queue_url = aws_sqs_queue.work.id
  policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "sns.amazonaws.com" }, Action = "sqs:SendMessage", Resource = "*" }] })
}

resource "aws_sqs_queue_policy" "b" {
  count = var.strict ? 0 : 1

  queue_url = aws_sqs_queue.work.id
  policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "sns.amazonaws.com" }, Action = "sqs:SendMessage", Resource = "*" }] })
}
