resource "aws_sns_topic_subscription" "work" {
  topic_arn = "arn:aws:sns:eu-west-1:999988887777:news"
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.work.arn
}

resource "aws_sqs_queue" "work" {}
