module "network" {
  source = "./network"
}

module "database" {
  source     = "./database"
  vpc_id     = module.network.vpc_id
  subnet_ids = module.network.subnet_ids
  cidrs      = [module.network.cidr]
}

resource "aws_security_group" "api" {
  vpc_id = module.network.vpc_id
}

resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = "arn:aws:iam::123456789012:role/api"

  vpc_config {
    subnet_ids         = module.network.subnet_ids
    security_group_ids = [aws_security_group.api.id]
  }
}
