module "db" {
  source = "terraform-aws-modules/rds/aws"

  identifier          = "orders"
  engine              = "mysql"
  publicly_accessible = true
}

module "private" {
  source = "terraform-aws-modules/rds/aws"

  identifier = "private"
  engine     = "mysql"
}
