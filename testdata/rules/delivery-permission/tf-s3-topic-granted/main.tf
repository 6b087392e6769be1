resource "aws_s3_bucket" "files" {
  bucket = "shop-files"
}

resource "aws_s3_bucket_notification" "files" {
  bucket = aws_s3_bucket.files.id

  topic {
    topic_arn = aws_sns_topic.news.arn
    events    = ["s3:ObjectCreated:*"]
  }
}

resource "aws_sns_topic" "news" {}

resource "aws_sns_topic_policy" "news" {
  arn = aws_sns_topic.news.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.news.arn, Condition = { ArnLike = { "aws:SourceArn" = aws_s3_bucket.files.arn } } },
    ]
  })
}
