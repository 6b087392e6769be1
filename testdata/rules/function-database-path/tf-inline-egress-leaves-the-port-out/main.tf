resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "a" {
  count      = 2
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.${count.index}.0/24"
}
resource "aws_db_subnet_group" "g" { subnet_ids = aws_subnet.a.*.id }
resource "aws_security_group" "fn" {
  vpc_id = aws_vpc.v.id
  egress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_security_group" "db" {
  vpc_id = aws_vpc.v.id
  ingress {
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_security_group.fn.id]
  }
}
resource "aws_db_instance" "pg" {
  engine                 = "postgres"
  port                   = 5432
  instance_class         = "db.t3.micro"
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.db.id]
}
resource "aws_iam_role" "fn" {
  name               = "fn-exec"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "fn_logs" {
  role       = aws_iam_role.fn.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_iam_role_policy_attachment" "vpc" {
  role       = aws_iam_role.fn.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}
resource "aws_lambda_function" "in" {
  function_name = "in"
  role          = aws_iam_role.fn.arn
  runtime       = "python3.12"
  handler       = "a.b"
  filename      = "a.zip"
  vpc_config {
    subnet_ids         = aws_subnet.a[*].id
    security_group_ids = [aws_security_group.fn.id]
  }
  environment {
    variables = { DATABASE_URL = "postgres://app@${aws_db_instance.pg.endpoint}/app" }
  }
}
