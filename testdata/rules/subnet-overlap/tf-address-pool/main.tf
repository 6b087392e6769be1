resource "aws_vpc" "main" {
  ipv4_ipam_pool_id = "ipam-pool-0a1b2c3d4e5f60718"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.1.0.0/24"
}
