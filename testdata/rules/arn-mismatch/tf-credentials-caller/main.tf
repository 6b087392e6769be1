resource "aws_api_gateway_integration" "get" {
  rest_api_id = "a1b2c3"
  resource_id = "d4e5f6"
  http_method = "GET"
  type        = "AWS_PROXY"
  credentials = "arn:aws:iam::*:user/*"
}
