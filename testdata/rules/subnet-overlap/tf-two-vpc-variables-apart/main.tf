variable "one" {}

variable "other" {}

resource "aws_subnet" "a" {
  vpc_id     = var.one
  cidr_block = "10.0.0.0/24"
}

resource "aws_subnet" "b" {
  vpc_id     = var.other
  cidr_block = "10.0.1.0/24"
}
