resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = var.role
  runtime       = "python3.13"
  handler       = "app.handler"
  filename      = "app.zip"

  vpc_config {
    subnet_ids         = ["subnet-1"]
    security_group_ids = ["sg-1"]
  }
}

variable "role" {}
