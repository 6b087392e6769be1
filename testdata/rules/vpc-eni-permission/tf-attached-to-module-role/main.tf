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
  source = "./role"
  name   = "orders"
}

resource "aws_iam_role_policy_attachment" "orders" {
  role       = module.role.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}
