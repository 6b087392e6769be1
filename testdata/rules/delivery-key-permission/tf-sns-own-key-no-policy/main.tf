resource "aws_sns_topic_subscription" "work" {
  topic_arn = aws_sns_topic.news.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.work.arn
}

resource "aws_sqs_queue" "work" {
  kms_master_key_id = aws_kms_key.own.id
}

resource "aws_sns_topic" "news" {}

resource "aws_kms_key" "own" {}
