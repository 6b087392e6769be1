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
