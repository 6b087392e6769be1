variable "role" {}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = var.role
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "orders.zip"
}
