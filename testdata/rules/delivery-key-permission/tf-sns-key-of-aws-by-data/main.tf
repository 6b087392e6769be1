resource "aws_sns_topic_subscription" "work" {
  topic_arn = aws_sns_topic.news.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.work.arn
}

resource "aws_sqs_queue" "work" {
  kms_master_key_id = data.aws_kms_alias.sqs.target_key_arn
}

resource "aws_sns_topic" "news" {}

data "aws_kms_alias" "sqs" {
  name = "alias/aws/sqs"
}
