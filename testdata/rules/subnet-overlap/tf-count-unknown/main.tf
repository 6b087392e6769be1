variable "zones" {
  type = number
}

variable "range" {
  type = string
}

resource "aws_vpc" "main" {
  cidr_block = var.range
}

resource "aws_subnet" "private" {
  count      = var.zones
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(var.range, 8, count.index)
}
