resource "aws_rds_cluster" "orders" {
  engine               = "aurora-postgresql"
  db_subnet_group_name = "main"
  enable_http_endpoint = false
}

resource "aws_rds_cluster_instance" "orders" {
  cluster_identifier = aws_rds_cluster.orders.id
  engine             = aws_rds_cluster.orders.engine
  instance_class     = "db.t4g.medium"
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  filename      = "orders.zip"

  environment {
    variables = {
      DB_HOST = aws_rds_cluster.orders.endpoint
    }
  }
}
