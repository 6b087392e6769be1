resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "orders.zip"
}

variable "by_queue" {
  type = bool
}

resource "aws_s3_bucket" "files" {
  bucket = "files"
}

resource "aws_lambda_permission" "objects" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.orders.function_name
  principal     = var.by_queue ? "sqs.amazonaws.com" : "s3.amazonaws.com"
  source_arn    = var.by_queue ? "arn:aws:sqs:eu-west-1:123456789012:orders" : "${aws_s3_bucket.files.arn}/*"
}
