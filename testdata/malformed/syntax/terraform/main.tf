resource "aws_sqs_queue" "broken" {
  name = "a
}

resource "aws_sqs_queue" "whole" {
  name = "b"
}
