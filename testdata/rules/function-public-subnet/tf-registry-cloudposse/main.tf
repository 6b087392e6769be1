module "vpc" {
  source                  = "cloudposse/vpc/aws"
  version                 = "2.1.1"
  ipv4_primary_cidr_block = "172.16.0.0/16"
}

module "subnets" {
  source             = "cloudposse/dynamic-subnets/aws"
  version            = "2.4.2"
  availability_zones = ["eu-west-1a", "eu-west-1b"]
  max_nats           = 1
  vpc_id             = module.vpc.vpc_id
  igw_id             = [module.vpc.igw_id]
}

# Which zones there are is not known here: the subnets of each are alike.
module "all_zones" {
  source = "cloudposse/dynamic-subnets/aws"
  vpc_id = module.vpc.vpc_id
  igw_id = [module.vpc.igw_id]
}

module "out" {
  source        = "cloudposse/lambda-function/aws"
  function_name = "out"
  vpc_config = {
    subnet_ids         = module.subnets.public_subnet_ids
    security_group_ids = ["sg-0a"]
  }
}

module "in" {
  source        = "cloudposse/lambda-function/aws"
  function_name = "in"
  vpc_config = {
    subnet_ids         = module.subnets.private_subnet_ids
    security_group_ids = ["sg-0a"]
  }
}

module "in_all" {
  source        = "cloudposse/lambda-function/aws"
  function_name = "in-all"
  vpc_config = {
    subnet_ids         = module.all_zones.private_subnet_ids
    security_group_ids = ["sg-0a"]
  }
}

module "out_all" {
  source        = "cloudposse/lambda-function/aws"
  function_name = "out-all"
  vpc_config = {
    subnet_ids         = module.all_zones.public_subnet_ids
    security_group_ids = ["sg-0a"]
  }
}
