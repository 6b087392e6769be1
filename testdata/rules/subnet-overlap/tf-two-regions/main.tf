provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

resource "aws_subnet" "a" {
  vpc_id     = "vpc-0a1b2c3d4e5f60718"
  cidr_block = "172.31.1.0/24"
}

resource "aws_subnet" "b" {
  provider   = aws.west
  vpc_id     = "vpc-0a1b2c3d4e5f60718"
  cidr_block = "172.31.1.0/24"
}
