variable "functions" {
  type = list(string)
}

variable "on" {
  type = bool
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
}

resource "aws_s3_bucket" "b" {
  bucket = "bucket-b"
}

resource "aws_s3_bucket_notification" "n" {
  bucket = aws_s3_bucket.b.id
  dynamic "lambda_function" {
    for_each = var.on ? [aws_lambda_function.f.arn] : []
    content {
      lambda_function_arn = lambda_function.value
      events              = ["s3:ObjectCreated:*"]
    }
  }
}
