resource "aws_sqs_queue" "café" {}
