variable "attach" {
  type = bool
}

module "orders" {
  source = "terraform-aws-modules/lambda/aws"

  function_name          = "orders"
  vpc_subnet_ids         = ["subnet-0a"]
  vpc_security_group_ids = ["sg-0a"]
  attach_network_policy  = var.attach
}
