module "vpc" {
  source = "terraform-aws-modules/vpc/aws"

  cidr            = "10.0.0.0/16"
  private_subnets = ["10.0.0.0/20", "10.0.16.0/20"]
  public_subnets  = ["10.0.1.0/24"]
}
