variable "vpc_id" {}

variable "subnet_ids" {
  type = set(string)
}

data "aws_subnet" "app" {
  for_each = var.subnet_ids
  vpc_id   = var.vpc_id
  id       = each.value
}

resource "aws_db_instance" "main" {
  engine                 = "postgres"
  vpc_security_group_ids = [aws_security_group.db.id]
}

resource "aws_security_group" "db" {
  vpc_id = var.vpc_id

  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = [for s in data.aws_subnet.app : s.cidr_block]
  }
}
