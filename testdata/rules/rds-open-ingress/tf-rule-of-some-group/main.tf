resource "aws_security_group" "db" {
  vpc_id = "vpc-1"
}

resource "aws_db_instance" "orders" {
  engine                 = "postgres"
  vpc_security_group_ids = [aws_security_group.db.id]
}

variable "which" {}

resource "aws_security_group" "other" {
  vpc_id = "vpc-1"
}

locals {
  groups = { db = aws_security_group.db.id, other = aws_security_group.other.id }
}

resource "aws_vpc_security_group_ingress_rule" "open" {
  security_group_id = local.groups[var.which]
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "web" {
  security_group_id = local.groups[var.which]
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "inner" {
  security_group_id = local.groups[var.which]
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_ipv4         = "10.0.0.0/16"
}
