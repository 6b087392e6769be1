# The function's group is let in by one of the databases, and by the other not.
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

module "api_group" {
  source  = "cloudposse/security-group/aws"
  version = "2.2.0"
  name    = "api"
  vpc_id  = aws_vpc.main.id
}

module "api" {
  source        = "cloudposse/lambda-function/aws"
  function_name = "api"
  vpc_config = {
    subnet_ids         = [aws_subnet.private.id]
    security_group_ids = [module.api_group.id]
  }
  lambda_environment = {
    variables = {
      ORDERS_HOST = module.orders.instance_address
      STOCK_HOST  = module.stock.endpoint
    }
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

module "stock" {
  source  = "cloudposse/rds-cluster/aws"
  name    = "stock"
  engine  = "aurora-mysql"
  vpc_id  = aws_vpc.main.id
  subnets = [aws_subnet.private.id]
}
