# The module's private subnets have a route to a NAT gateway, however many zones there are.
module "vpc" {
  source                  = "cloudposse/vpc/aws"
  ipv4_primary_cidr_block = "172.16.0.0/16"
}

module "subnets" {
  source             = "cloudposse/dynamic-subnets/aws"
  availability_zones = ["eu-west-1a", "eu-west-1b"]
  max_nats           = 1
  vpc_id             = module.vpc.vpc_id
  igw_id             = [module.vpc.igw_id]
}

module "all_zones" {
  source = "cloudposse/dynamic-subnets/aws"
  vpc_id = module.vpc.vpc_id
  igw_id = [module.vpc.igw_id]
}

module "by_instance" {
  source               = "cloudposse/dynamic-subnets/aws"
  availability_zones   = ["eu-west-1a"]
  nat_instance_enabled = true
  vpc_id               = module.vpc.vpc_id
  igw_id               = [module.vpc.igw_id]
}

module "closed" {
  source              = "cloudposse/dynamic-subnets/aws"
  availability_zones  = ["eu-west-1a"]
  nat_gateway_enabled = false
  vpc_id              = module.vpc.vpc_id
  igw_id              = [module.vpc.igw_id]
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
}

resource "aws_security_group" "api" {
  vpc_id = module.vpc.vpc_id
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

module "api" {
  for_each = {
    two    = module.subnets.private_subnet_ids
    all    = module.all_zones.private_subnet_ids
    host   = module.by_instance.private_subnet_ids
    closed = module.closed.private_subnet_ids
  }
  source             = "cloudposse/lambda-function/aws"
  function_name      = each.key
  lambda_environment = { variables = { QUEUE_URL = aws_sqs_queue.jobs.url } }
  vpc_config = {
    subnet_ids         = each.value
    security_group_ids = [aws_security_group.api.id]
  }
  inline_iam_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.jobs.arn }]
  })
}
