resource "aws_iam_policy" "queue" {
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:eu-west-1:orders-dlq" }]
  })
}
