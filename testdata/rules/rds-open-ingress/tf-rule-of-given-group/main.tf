resource "aws_security_group" "db" {
  vpc_id = "vpc-1"
}

resource "aws_db_instance" "orders" {
  engine                 = "postgres"
  vpc_security_group_ids = [var.groups[0]]
}

variable "groups" {
  type = list(string)
}

variable "group" {}

resource "aws_security_group_rule" "open" {
  type              = "ingress"
  security_group_id = var.group
  protocol          = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_blocks       = ["0.0.0.0/0"]
}
