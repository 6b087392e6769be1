resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = module.role.arn
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  filename      = "orders.zip"

  vpc_config {
    subnet_ids         = [aws_subnet.a.id, aws_subnet.b.id]
    security_group_ids = [aws_security_group.orders.id]
  }
}

module "role" {
  source  = "example/role/aws"
  version = "1.0.0"
}
