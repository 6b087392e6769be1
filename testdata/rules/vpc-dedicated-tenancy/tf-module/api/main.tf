variable "subnet_ids" {
  type = list(string)
}

variable "group_ids" {
  type = list(string)
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  filename      = "orders.zip"

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = var.group_ids
  }
}
