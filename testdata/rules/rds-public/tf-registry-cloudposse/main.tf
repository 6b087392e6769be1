module "orders" {
  source              = "cloudposse/rds/aws"
  engine              = "postgres"
  database_port       = 5432
  vpc_id              = "vpc-0a"
  subnet_ids          = ["subnet-0a", "subnet-0b"]
  publicly_accessible = true
}

module "stock" {
  source              = "cloudposse/rds-cluster/aws"
  engine              = "aurora-mysql"
  cluster_size        = 1
  vpc_id              = "vpc-0a"
  subnets             = ["subnet-0a", "subnet-0b"]
  publicly_accessible = true
}

module "private" {
  source        = "cloudposse/rds/aws"
  engine        = "postgres"
  database_port = 5432
  vpc_id        = "vpc-0a"
  subnet_ids    = ["subnet-0a", "subnet-0b"]
}
