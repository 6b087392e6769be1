variable "header" {}

resource "aws_iam_role" "header" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lambda.amazonaws.com"] } }]
  })
}

resource "aws_lambda_function" "header" {
  function_name = "header"
  role          = aws_iam_role.header.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "header.zip"
  publish       = true
}

resource "aws_cloudfront_distribution" "site" {
  enabled = true

  default_cache_behavior {
    target_origin_id       = "site"
    viewer_protocol_policy = "https-only"

    lambda_function_association {
      event_type = "origin-response"
      lambda_arn = var.header
    }
  }
}
