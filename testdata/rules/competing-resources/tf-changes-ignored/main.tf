resource "aws_sqs_queue" "work" {}

resource "aws_sqs_queue_policy" "a" {
  queue_url = aws_sqs_queue.work.id
  policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "sns.amazonaws.com" }, Action = "sqs:SendMessage", Resource = "*" }] })
}

resource "aws_sqs_queue_policy" "b" {
  queue_url = aws_sqs_queue.work.id
  policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "sns.amazonaws.com" }, Action = "sqs:SendMessage", Resource = "*" }] })

  lifecycle {
    ignore_changes = [policy]
  }
}
