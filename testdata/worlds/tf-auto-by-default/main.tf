variable "env" {
  type = string
}

variable "office" {
  type    = list(string)
  default = ["203.0.113.0/24"]
}

resource "aws_db_instance" "main" {
  engine                 = "postgres"
  publicly_accessible    = var.env == "dev"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.db.id]
}

resource "aws_db_subnet_group" "main" {
  name       = "main-${var.env}"
  subnet_ids = ["subnet-1", "subnet-2"]
}

resource "aws_security_group" "db" {
  vpc_id = "vpc-1"

  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = var.office
  }
}
