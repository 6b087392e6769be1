# VPC, subnets, database and function all of Cloud Posse, as its examples put them together.
module "this" {
  source    = "cloudposse/label/null"
  version   = "0.25.0"
  namespace = "eg"
  stage     = "prod"
  name      = "shop"
}

module "vpc" {
  source                  = "cloudposse/vpc/aws"
  version                 = "2.1.1"
  ipv4_primary_cidr_block = "172.16.0.0/16"
  context                 = module.this.context
}

module "subnets" {
  source              = "cloudposse/dynamic-subnets/aws"
  version             = "2.4.2"
  availability_zones  = ["eu-west-1a", "eu-west-1b"]
  vpc_id              = module.vpc.vpc_id
  igw_id              = [module.vpc.igw_id]
  ipv4_cidr_block     = [module.vpc.vpc_cidr_block]
  nat_gateway_enabled = true
  context             = module.this.context
}

module "api_group" {
  source     = "cloudposse/security-group/aws"
  version    = "2.2.0"
  attributes = ["api"]
  vpc_id     = module.vpc.vpc_id
  context    = module.this.context
}

module "api" {
  source        = "cloudposse/lambda-function/aws"
  function_name = module.this.id
  vpc_config = {
    subnet_ids         = module.subnets.private_subnet_ids
    security_group_ids = [module.api_group.id]
  }
  context = module.this.context
}

module "orders" {
  source              = "cloudposse/rds/aws"
  version             = "1.1.0"
  engine              = "postgres"
  database_port       = 5432
  vpc_id              = module.vpc.vpc_id
  subnet_ids          = module.subnets.private_subnet_ids
  allowed_cidr_blocks = [module.vpc.vpc_cidr_block]
  context             = module.this.context
}

module "stock" {
  source              = "cloudposse/rds-cluster/aws"
  engine              = "aurora-mysql"
  vpc_id              = module.vpc.vpc_id
  subnets             = module.subnets.private_subnet_ids
  allowed_cidr_blocks = module.subnets.private_subnet_cidrs
  context             = module.this.context
}

module "good" {
  source          = "cloudposse/rds-cluster/aws"
  engine          = "aurora-mysql"
  vpc_id          = module.vpc.vpc_id
  subnets         = module.subnets.private_subnet_ids
  security_groups = [module.api_group.id]
  context         = module.this.context
}
