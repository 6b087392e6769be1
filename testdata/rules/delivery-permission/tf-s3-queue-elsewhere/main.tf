resource "aws_s3_bucket" "files" {
  bucket = "shop-files"
}

resource "aws_s3_bucket_notification" "files" {
  bucket = aws_s3_bucket.files.id

  queue {
    queue_arn = data.aws_sqs_queue.work.arn
    events    = ["s3:ObjectCreated:*"]
  }
}

data "aws_sqs_queue" "work" {
  name = "work"
}
