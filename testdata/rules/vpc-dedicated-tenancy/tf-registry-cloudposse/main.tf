module "vpc" {
  source                  = "cloudposse/vpc/aws"
  ipv4_primary_cidr_block = "172.16.0.0/16"
  instance_tenancy        = "dedicated"
}

module "subnets" {
  source             = "cloudposse/dynamic-subnets/aws"
  availability_zones = ["eu-west-1a"]
  vpc_id             = module.vpc.vpc_id
  igw_id             = [module.vpc.igw_id]
}

module "orders" {
  source        = "cloudposse/lambda-function/aws"
  function_name = "orders"
  vpc_config = {
    subnet_ids         = module.subnets.private_subnet_ids
    security_group_ids = [module.vpc.vpc_default_security_group_id]
  }
}
