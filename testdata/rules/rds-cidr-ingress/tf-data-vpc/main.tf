variable "vpc_id" {}

data "aws_vpc" "main" {
  id = var.vpc_id
}

resource "aws_db_instance" "main" {
  engine                 = "postgres"
  db_subnet_group_name   = "existing"
  vpc_security_group_ids = [aws_security_group.db.id]
}

resource "aws_security_group" "db" {
  vpc_id = var.vpc_id
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = [data.aws_vpc.main.cidr_block]
  }
}
