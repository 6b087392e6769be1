module "vpc" {
  source = "terraform-aws-modules/vpc/aws"

  cidr            = "10.0.0.0/16"
  private_subnets = ["10.0.1.0/24"]
  public_subnets  = ["10.0.101.0/24"]
}

module "public" {
  source = "terraform-aws-modules/lambda/aws"

  function_name          = "public"
  vpc_subnet_ids         = module.vpc.public_subnets
  vpc_security_group_ids = ["sg-0a"]
  attach_network_policy  = true
}

module "private" {
  source = "terraform-aws-modules/lambda/aws"

  function_name          = "private"
  vpc_subnet_ids         = module.vpc.private_subnets
  vpc_security_group_ids = ["sg-0a"]
  attach_network_policy  = true
}
