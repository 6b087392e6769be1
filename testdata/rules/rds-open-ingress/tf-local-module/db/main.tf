variable "vpc_id" {}

variable "subnet_ids" {}

variable "cidrs" {}

resource "aws_security_group" "db" {
  vpc_id = var.vpc_id

  ingress {
    from_port   = 3306
    to_port     = 3306
    protocol    = "tcp"
    cidr_blocks = var.cidrs
  }
}

resource "aws_db_instance" "main" {
  engine                 = "mysql"
  vpc_security_group_ids = [aws_security_group.db.id]
}
