variable "vpc_id" {}

variable "other_vpc_id" {}

resource "aws_security_group" "far" {
  vpc_id = var.other_vpc_id
}

resource "aws_security_group" "db" {
  vpc_id = var.vpc_id
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    security_groups = [aws_security_group.far.id]
  }
}
