provider "aws" { region = "us-east-1" }
module "vpc" {
  source                             = "terraform-aws-modules/vpc/aws"
  version                            = "5.0.0"
  cidr                               = "10.0.0.0/16"
  azs                                = ["us-east-1a"]
  private_subnets                    = ["10.0.1.0/24"]
  enable_vpn_gateway                 = true
  propagate_private_route_tables_vgw = true
}
data "aws_iam_policy_document" "a" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "r" {
  name                = "r"
  assume_role_policy  = data.aws_iam_policy_document.a.json
  managed_policy_arns = ["arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"]
}
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = aws_secretsmanager_secret.s.arn }] })
}
resource "aws_secretsmanager_secret" "s" { name = "s" }
resource "aws_security_group" "f" {
  vpc_id = module.vpc.vpc_id
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
  handler       = "a.b"
  runtime       = "python3.12"
  filename      = "x.zip"
  environment {
    variables = { SECRET_ARN = aws_secretsmanager_secret.s.arn, HOOK = "https://api.stripe.com/v1" }
  }
  vpc_config {
    subnet_ids         = module.vpc.private_subnets
    security_group_ids = [aws_security_group.f.id]

  }
}
