# Up to version 0.4 the module lets nothing out unless asked to.
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

module "api_group" {
  source  = "cloudposse/security-group/aws"
  version = "0.4.3"
  name    = "api"
  vpc_id  = aws_vpc.main.id
}

resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = "arn:aws:iam::123456789012:role/api"
  vpc_config {
    subnet_ids         = [aws_subnet.private.id]
    security_group_ids = [module.api_group.id]
  }
  environment {
    variables = { HOST = module.orders.instance_address }
  }
}

module "orders" {
  source             = "cloudposse/rds/aws"
  name               = "orders"
  engine             = "postgres"
  database_port      = 5432
  vpc_id             = aws_vpc.main.id
  subnet_ids         = [aws_subnet.private.id]
  security_group_ids = [module.api_group.id]
}
