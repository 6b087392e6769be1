resource "aws_elasticache_cluster" "orders" {
  cluster_id      = "orders"
  engine          = "redis"
  node_type       = "cache.t4g.micro"
  num_cache_nodes = 1
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  filename      = "orders.zip"

  environment {
    variables = {
      REDIS_HOST = aws_elasticache_cluster.orders.cache_nodes[0].address
    }
  }
}
