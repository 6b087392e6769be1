module "vpc" {
  source = "terraform-aws-modules/vpc/aws"

  cidr             = "10.0.0.0/16"
  private_subnets  = ["10.0.1.0/24"]
  instance_tenancy = "dedicated"
}

module "orders" {
  source = "terraform-aws-modules/lambda/aws"

  function_name          = "orders"
  vpc_subnet_ids         = module.vpc.private_subnets
  vpc_security_group_ids = ["sg-0a"]
  attach_network_policy  = true
}
