resource "aws_s3_bucket" "files" {
  bucket = "shop-files"
}

resource "aws_s3_bucket_notification" "files" {
  bucket = aws_s3_bucket.files.id

  queue {
    queue_arn = var.queue
    events    = ["s3:ObjectCreated:*"]
  }
}

variable "queue" {}
