variable "service" {
  type = string
}

resource "aws_lambda_function" "thumbs" {
  function_name = "thumbs"
  role          = "arn:aws:iam::111122223333:role/thumbs"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "thumbs.zip"
}

resource "aws_s3_bucket" "images" {
  bucket = "images"
}

resource "aws_lambda_permission" "images" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.thumbs.function_name
  principal     = "s3.${var.service}"
  source_arn    = aws_s3_bucket.images.arn
}
