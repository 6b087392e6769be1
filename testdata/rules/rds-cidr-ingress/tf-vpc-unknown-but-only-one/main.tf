resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_subnet" "b" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.2.0/24"
}

variable "subnet_ids" {
  type = list(string)
}

resource "aws_db_subnet_group" "main" {
  subnet_ids = var.subnet_ids
}

resource "aws_db_instance" "main" {
  engine                 = "postgres"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [var.db_group]
}

variable "db_group" {}

resource "aws_security_group_rule" "db" {
  type              = "ingress"
  security_group_id = var.db_group
  cidr_blocks       = [aws_vpc.main.cidr_block]
  from_port         = 5432
  to_port           = 5432
  protocol          = "tcp"
}
