variable "env" {
  default = "dev"
}

resource "aws_sqs_queue" "q" {
  name = "q-${var.env}"
}
