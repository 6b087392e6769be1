variable "vpc_id" {}

data "aws_vpc" "main" {
  tags = { Name = "main" }
}

resource "aws_subnet" "a" {
  vpc_id     = data.aws_vpc.main.id
  cidr_block = "10.0.0.0/23"
}

resource "aws_subnet" "b" {
  vpc_id     = var.vpc_id
  cidr_block = "10.0.1.0/24"
}
