resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "orders.zip"
}

resource "aws_lambda_event_source_mapping" "table" {
  event_source_arn  = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
  function_name     = aws_lambda_function.orders.arn
  starting_position = "LATEST"
}

resource "aws_lambda_event_source_mapping" "stream" {
  event_source_arn  = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2024-05-01T00:00:00.000"
  function_name     = aws_lambda_function.orders.arn
  starting_position = "LATEST"
}
