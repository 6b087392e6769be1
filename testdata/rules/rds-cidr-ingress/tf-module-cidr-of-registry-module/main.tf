module "vpc" {
  source = "example/vpc/aws"
  cidr   = "10.0.0.0/16"
}

resource "aws_db_instance" "main" {
  engine                 = "postgres"
  vpc_security_group_ids = [aws_security_group.db.id]
}

resource "aws_security_group" "db" {
  vpc_id = module.vpc.vpc_id
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = [module.vpc.private_subnets_cidr_blocks[0]]
  }
}
