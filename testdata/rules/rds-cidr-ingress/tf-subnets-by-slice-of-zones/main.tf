locals {
  vpc_cidr        = "10.42.0.0/16"
  azs             = slice(data.aws_availability_zones.available.names, 0, 2)
  private_subnets = [for i, az in local.azs : cidrsubnet(local.vpc_cidr, 8, i + 10)]
  data_subnets    = [for k, v in local.azs : cidrsubnet(local.vpc_cidr, 8, k + 20)]
}
data "aws_availability_zones" "available" {}
resource "aws_vpc" "this" {
  cidr_block           = local.vpc_cidr
  enable_dns_hostnames = true
}
resource "aws_subnet" "private" {
  count      = length(local.private_subnets)
  vpc_id     = aws_vpc.this.id
  cidr_block = local.private_subnets[count.index]
}
resource "aws_subnet" "data" {
  for_each          = zipmap(local.azs, local.data_subnets)
  vpc_id            = aws_vpc.this.id
  cidr_block        = each.value
  availability_zone = each.key
}
resource "aws_db_subnet_group" "this" { subnet_ids = values(aws_subnet.data)[*].id }
resource "aws_security_group" "db" {
  name   = "orders-db"
  vpc_id = aws_vpc.this.id
}
resource "aws_vpc_security_group_ingress_rule" "db" {
  for_each          = toset(local.private_subnets)
  security_group_id = aws_security_group.db.id
  cidr_ipv4         = each.value
  from_port         = 5432
  to_port           = 5432
  ip_protocol       = "tcp"
}
resource "aws_db_instance" "orders" {
  identifier             = "orders"
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.db.id]
  username               = "orders"
  password               = "x"
  skip_final_snapshot    = true
}
resource "aws_security_group" "task" {
  name   = "task"
  vpc_id = aws_vpc.this.id
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = -1
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_ecs_service" "api" {
  name            = "api"
  cluster         = "main"
  task_definition = "api:1"
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = aws_subnet.private[*].id
    security_groups = [aws_security_group.task.id]
  }
}
