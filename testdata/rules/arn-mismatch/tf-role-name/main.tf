resource "aws_iam_role" "orders" {
  name               = "orders"
  assume_role_policy = "{}"
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = aws_iam_role.orders.name
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "orders.zip"
}
