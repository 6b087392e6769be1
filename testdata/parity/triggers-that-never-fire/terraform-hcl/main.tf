resource "aws_s3_bucket" "files" {
  bucket = "files"
}

resource "aws_lambda_permission" "files" {
  action         = "lambda:InvokeFunction"
  function_name  = "index-files"
  principal      = "s3.amazonaws.com"
  source_arn     = "${aws_s3_bucket.files.arn}/*"
  source_account = "123456789012"
}

resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn  = aws_dynamodb_table.orders.stream_arn
  function_name     = "index-files"
  starting_position = "LATEST"
}
