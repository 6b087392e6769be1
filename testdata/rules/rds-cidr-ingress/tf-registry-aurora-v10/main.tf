module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"

  name               = "main"
  cidr               = "10.0.0.0/16"
  azs                = ["eu-west-1a", "eu-west-1b"]
  private_subnets    = ["10.0.1.0/24", "10.0.2.0/24"]
  public_subnets     = ["10.0.101.0/24", "10.0.102.0/24"]
  database_subnets   = ["10.0.201.0/24", "10.0.202.0/24"]
  enable_nat_gateway = true
  single_nat_gateway = true
}

module "clients" {
  source  = "terraform-aws-modules/security-group/aws"
  version = "~> 5.0"

  name         = "clients"
  vpc_id       = module.vpc.vpc_id
  egress_rules = ["all-all"]
}

module "orders" {
  source = "terraform-aws-modules/lambda/aws"

  function_name          = "orders"
  vpc_subnet_ids         = module.vpc.private_subnets
  vpc_security_group_ids = [module.clients.security_group_id]
  attach_network_policy  = true
  environment_variables  = { DATABASE = module.db.cluster_endpoint }
}

module "db" {
  source  = "terraform-aws-modules/rds-aurora/aws"
  version = ">= 10.0"

  name                 = "orders"
  engine               = "aurora-postgresql"
  vpc_id               = module.vpc.vpc_id
  db_subnet_group_name = module.vpc.database_subnet_group_name
  instances            = { one = {} }
  security_group_ingress_rules = {
    first  = { cidr_ipv4 = element(module.vpc.private_subnets_cidr_blocks, 0) }
    second = { referenced_security_group_id = module.clients.security_group_id }
  }
}
