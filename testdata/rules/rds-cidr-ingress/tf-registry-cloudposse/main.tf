module "this" {
  source    = "cloudposse/label/null"
  version   = "0.25.0"
  namespace = "eg"
  stage     = "prod"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

module "api_group" {
  source     = "cloudposse/security-group/aws"
  version    = "2.2.0"
  attributes = ["api"]
  vpc_id     = aws_vpc.main.id
  rules = [{
    key         = "https"
    type        = "ingress"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }]
  context = module.this.context
}

module "api" {
  source        = "cloudposse/lambda-function/aws"
  version       = "0.6.1"
  function_name = module.this.id
  vpc_config = {
    subnet_ids         = [aws_subnet.private.id]
    security_group_ids = [module.api_group.id]
  }
  context = module.this.context
}

module "orders" {
  source              = "cloudposse/rds/aws"
  version             = "1.1.0"
  name                = "orders"
  engine              = "postgres"
  database_port       = 5432
  vpc_id              = aws_vpc.main.id
  subnet_ids          = [aws_subnet.private.id]
  allowed_cidr_blocks = [aws_vpc.main.cidr_block]
  context             = module.this.context
}

module "stock" {
  source              = "cloudposse/rds-cluster/aws"
  version             = "1.11.0"
  name                = "stock"
  engine              = "aurora-postgresql"
  db_port             = 5432
  vpc_id              = aws_vpc.main.id
  subnets             = [aws_subnet.private.id]
  allowed_cidr_blocks = ["10.0.1.0/24"]
  context             = module.this.context
}

# By reference to the group, as it should be.
module "good" {
  source             = "cloudposse/rds/aws"
  version            = "1.1.0"
  name               = "good"
  engine             = "postgres"
  database_port      = 5432
  vpc_id             = aws_vpc.main.id
  subnet_ids         = [aws_subnet.private.id]
  security_group_ids = [module.api_group.id]
  context            = module.this.context
}

module "good_cluster" {
  source          = "cloudposse/rds-cluster/aws"
  name            = "good"
  engine          = "aurora-postgresql"
  db_port         = 5432
  vpc_id          = aws_vpc.main.id
  subnets         = [aws_subnet.private.id]
  security_groups = [module.api_group.id]
}

module "off" {
  source              = "cloudposse/rds/aws"
  enabled             = false
  engine              = "postgres"
  database_port       = 5432
  vpc_id              = aws_vpc.main.id
  subnet_ids          = [aws_subnet.private.id]
  allowed_cidr_blocks = [aws_vpc.main.cidr_block]
}

variable "ranges" {
  type = list(string)
}

module "unknown" {
  source              = "cloudposse/rds-cluster/aws"
  engine              = "aurora-mysql"
  vpc_id              = aws_vpc.main.id
  subnets             = [aws_subnet.private.id]
  allowed_cidr_blocks = var.ranges
}
