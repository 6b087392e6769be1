variable "group" {
  type = string
}

resource "aws_vpc" "one" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc" "two" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_security_group" "g" {
  name   = "g"
  vpc_id = aws_vpc.one.id
}

resource "aws_security_group_rule" "r" {
  type                     = "ingress"
  from_port                = 443
  to_port                  = 443
  protocol                 = "tcp"
  security_group_id        = aws_security_group.g.id
  source_security_group_id = var.group
}
