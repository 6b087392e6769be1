resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_db_subnet_group" "main" {
  name       = "main"
  subnet_ids = [aws_subnet.a.id]
}

resource "aws_db_instance" "main" {
  engine                 = "postgres"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.db.id]
}

variable "cidr" {}

variable "address" {}

variable "other_cidr" {}

data "aws_ip_ranges" "us_east" {
  regions  = ["us-east-1"]
  services = ["ec2_instance_connect"]
}

data "aws_ec2_managed_prefix_list" "office" {
  name = "office"
}

resource "aws_vpc" "other" {
  cidr_block = var.other_cidr
}

resource "aws_security_group" "db" {
  vpc_id = aws_vpc.main.id

  # Another port.
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = [var.cidr]
  }

  # One host, whichever.
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["${var.address}/32"]
  }

  # Ranges that AWS publishes.
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = data.aws_ip_ranges.us_east.cidr_blocks
  }

  ingress {
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    prefix_list_ids = [data.aws_ec2_managed_prefix_list.office.id]
  }

  # The range of a VPC that the database is not in.
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = [aws_vpc.other.cidr_block]
  }

  # Nothing that a database client would use.
  ingress {
    from_port   = 8
    to_port     = 0
    protocol    = "icmp"
    cidr_blocks = [var.cidr]
  }
}

# On no database.
resource "aws_security_group" "api" {
  vpc_id = aws_vpc.main.id

  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = [var.cidr]
  }
}
