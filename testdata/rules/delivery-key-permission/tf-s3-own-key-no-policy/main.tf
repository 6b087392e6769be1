resource "aws_s3_bucket" "files" {
  bucket = "shop-files"
}

resource "aws_s3_bucket_notification" "files" {
  bucket = aws_s3_bucket.files.id

  queue {
    queue_arn = aws_sqs_queue.work.arn
    events    = ["s3:ObjectCreated:*"]
  }
}

resource "aws_sqs_queue" "work" {
  kms_master_key_id = aws_kms_key.own.id
}

resource "aws_kms_key" "own" {}
