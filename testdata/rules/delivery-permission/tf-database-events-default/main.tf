resource "aws_db_event_subscription" "main" {
  sns_topic   = aws_sns_topic.news.arn
  source_type = "db-instance"
}

resource "aws_sns_topic" "news" {}
