module "orders" {
  source              = "cloudposse/rds/aws"
  engine              = "postgres"
  database_port       = 5432
  vpc_id              = "vpc-0a"
  subnet_ids          = ["subnet-0a", "subnet-0b"]
  allowed_cidr_blocks = ["0.0.0.0/0"]
}

module "stock" {
  source                   = "cloudposse/rds-cluster/aws"
  engine                   = "aurora-mysql"
  vpc_id                   = "vpc-0a"
  subnets                  = ["subnet-0a", "subnet-0b"]
  allowed_ipv6_cidr_blocks = ["::/0"]
}
