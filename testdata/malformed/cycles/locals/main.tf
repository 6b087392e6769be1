locals {
  a = local.b
  b = "${local.a}-x"
}

resource "aws_sqs_queue" "q" {
  name = local.a
}
