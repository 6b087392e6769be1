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

resource "aws_db_subnet_group" "main" {
  subnet_ids = var.subnet_ids
}

resource "aws_db_instance" "main" {
  engine                 = "mysql"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.db.id]
}
