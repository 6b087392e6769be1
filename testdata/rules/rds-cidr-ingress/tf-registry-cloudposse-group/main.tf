# The database's own group, made by the module of security groups: by a list, by a map, by a matrix, inline.
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

module "listed" {
  source = "cloudposse/security-group/aws"
  vpc_id = aws_vpc.main.id
  rules = [
    { type = "ingress", from_port = 5432, to_port = 5432, protocol = "tcp", cidr_blocks = [aws_vpc.main.cidr_block] },
  ]
}

module "crossed" {
  source = "cloudposse/security-group/aws"
  vpc_id = aws_vpc.main.id
  rule_matrix = [{
    source_security_group_ids = [aws_security_group.api.id]
    cidr_blocks               = ["10.0.1.0/24"]
    rules = [
      { key = "db", type = "ingress", from_port = 5432, to_port = 5432, protocol = "tcp" },
      { key = "web", type = "ingress", from_port = 443, to_port = 443, protocol = "tcp" },
    ]
  }]
}

module "inline" {
  source               = "cloudposse/security-group/aws"
  version              = "0.4.3"
  vpc_id               = aws_vpc.main.id
  inline_rules_enabled = true
  rules_map = {
    database = [{ type = "ingress", from_port = 5432, to_port = 5432, protocol = "tcp", cidr_blocks = ["10.0.0.0/16"] }]
  }
}

module "by_group" {
  source = "cloudposse/security-group/aws"
  vpc_id = aws_vpc.main.id
  rules = [
    { type = "ingress", from_port = 5432, to_port = 5432, protocol = "tcp", cidr_blocks = [], source_security_group_id = aws_security_group.api.id },
  ]
}

resource "aws_security_group" "own" {
  vpc_id = aws_vpc.main.id
}

# Rules for a group that is there.
module "added" {
  source                   = "cloudposse/security-group/aws"
  target_security_group_id = [aws_security_group.own.id]
  vpc_id                   = aws_vpc.main.id
  rules = [
    { type = "ingress", from_port = 5432, to_port = 5432, protocol = "tcp", cidr_blocks = ["10.0.0.0/16"] },
  ]
}

resource "aws_db_instance" "orders" {
  for_each = {
    listed   = module.listed.id
    crossed  = module.crossed.id
    inline   = module.inline.id
    by_group = module.by_group.id
    own      = aws_security_group.own.id
  }
  identifier             = each.key
  engine                 = "postgres"
  vpc_security_group_ids = [each.value]
}
