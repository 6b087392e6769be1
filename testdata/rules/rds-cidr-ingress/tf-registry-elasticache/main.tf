resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_security_group" "api" {
  vpc_id = aws_vpc.main.id
}

resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = "arn:aws:iam::123456789012:role/api"
  vpc_config {
    subnet_ids         = [aws_subnet.private.id]
    security_group_ids = [aws_security_group.api.id]
  }
}

module "sessions" {
  source               = "terraform-aws-modules/elasticache/aws"
  version              = "~> 1.4"
  replication_group_id = "sessions"
  vpc_id               = aws_vpc.main.id
  subnet_ids           = [aws_subnet.private.id]
  security_group_rules = {
    ingress_vpc = {
      description = "VPC traffic"
      cidr_ipv4   = aws_vpc.main.cidr_block
    }
  }
}

module "pages" {
  source                   = "terraform-aws-modules/elasticache/aws"
  cluster_id               = "pages"
  create_cluster           = true
  create_replication_group = false
  engine                   = "memcached"
  vpc_id                   = aws_vpc.main.id
  subnet_ids               = [aws_subnet.private.id]
  security_group_rules = {
    subnet = { cidr_ipv4 = "10.0.1.0/24" }
  }
}

module "good" {
  source               = "terraform-aws-modules/elasticache/aws"
  replication_group_id = "good"
  vpc_id               = aws_vpc.main.id
  subnet_ids           = [aws_subnet.private.id]
  security_group_rules = {
    api = { referenced_security_group_id = aws_security_group.api.id }
  }
}

# The rule is for the engine's port, and the cache listens on another.
module "other_port" {
  source               = "terraform-aws-modules/elasticache/aws"
  replication_group_id = "other-port"
  port                 = 6380
  vpc_id               = aws_vpc.main.id
  subnet_ids           = [aws_subnet.private.id]
  security_group_rules = {
    ingress_vpc = { cidr_ipv4 = aws_vpc.main.cidr_block }
  }
}
