resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "orders.zip"
}

resource "aws_s3_bucket" "files" {
  bucket = "files"
}

variable "objects" {
  type = bool
}

resource "aws_lambda_permission" "p" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.orders.function_name
  principal     = "s3.amazonaws.com"
  source_arn    = var.objects ? "${aws_s3_bucket.files.arn}/*" : aws_s3_bucket.files.arn
}
