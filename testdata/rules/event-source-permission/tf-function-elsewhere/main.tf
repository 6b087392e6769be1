resource "aws_s3_bucket" "uploads" {}

resource "aws_s3_bucket_notification" "uploads" {
  bucket = aws_s3_bucket.uploads.id

  lambda_function {
    lambda_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:elsewhere"
    events              = ["s3:ObjectCreated:*"]
  }
}
