resource "aws_sqs_queue" "this" {
  name = "orders"
}

output "id" {
  value = aws_sqs_queue.this.id
}
