variable "network" {
  type = list(object({ subnets = list(string), groups = list(string) }))
}

resource "aws_vpc" "v" {
  cidr_block       = "10.0.0.0/16"
  instance_tenancy = "dedicated"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_sqs_queue" "q" {
  name = "orders"
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
  environment {
    variables = { QUEUE_URL = aws_sqs_queue.q.url }
  }
  dynamic "vpc_config" {
    for_each = var.network
    content {
      subnet_ids         = vpc_config.value.subnets
      security_group_ids = vpc_config.value.groups
    }
  }
}
