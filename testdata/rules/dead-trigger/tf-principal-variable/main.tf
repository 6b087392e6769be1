resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "orders.zip"
}

variable "service" {}

resource "aws_s3_bucket" "files" {
  bucket = "files"
}

resource "aws_lambda_permission" "objects" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.orders.function_name
  principal     = var.service
  source_arn    = "${aws_s3_bucket.files.arn}/*"
}

resource "aws_lambda_permission" "bucket" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.orders.function_name
  principal     = var.service
  source_arn    = aws_s3_bucket.files.arn
}
