data "aws_iam_policy_document" "queue" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = ["arn:aws:sqs:*:orders-dlq", "arn:aws:sqs*:orders-dlq"]
  }
}

resource "aws_iam_policy" "queue" {
  policy = data.aws_iam_policy_document.queue.json
}
