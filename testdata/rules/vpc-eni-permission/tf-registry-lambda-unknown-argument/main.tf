# What an argument does that the model does not know is not known.
module "orders" {
  source = "terraform-aws-modules/lambda/aws"

  function_name              = "orders"
  vpc_subnet_ids             = ["subnet-0a"]
  vpc_security_group_ids     = ["sg-0a"]
  attach_interface_policy_to = "role"
}
