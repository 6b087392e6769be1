resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_security_group" "api" {
  vpc_id = aws_vpc.main.id
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = "arn:aws:iam::123456789012:role/api"
  vpc_config {
    subnet_ids         = [aws_subnet.private.id]
    security_group_ids = [aws_security_group.api.id]
  }
  environment {
    variables = {
      SESSIONS = module.sessions.replication_group_primary_endpoint_address
      OTHER    = module.other_port.replication_group_primary_endpoint_address
      ORDERS   = module.proxy.proxy_endpoint
    }
  }
}

module "sessions" {
  source               = "terraform-aws-modules/elasticache/aws"
  replication_group_id = "sessions"
  vpc_id               = aws_vpc.main.id
  subnet_ids           = [aws_subnet.private.id]
  security_group_rules = {
    api = { referenced_security_group_id = aws_security_group.api.id }
  }
}

module "other_port" {
  source               = "terraform-aws-modules/elasticache/aws"
  replication_group_id = "other-port"
  port                 = 6380
  vpc_id               = aws_vpc.main.id
  subnet_ids           = [aws_subnet.private.id]
  security_group_rules = {
    api = { referenced_security_group_id = aws_security_group.api.id }
  }
}

resource "aws_security_group" "proxy" {
  vpc_id = aws_vpc.main.id
}

# Nothing is let into the proxy's group.
module "proxy" {
  source                 = "terraform-aws-modules/rds-proxy/aws"
  version                = "~> 3.0"
  name                   = "orders"
  engine_family          = "POSTGRESQL"
  vpc_subnet_ids         = [aws_subnet.private.id]
  vpc_security_group_ids = [aws_security_group.proxy.id]
  auth = {
    superuser = { secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf" }
  }
  target_db_instance     = true
  db_instance_identifier = "orders"
}
