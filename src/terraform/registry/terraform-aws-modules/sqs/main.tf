variable "create" {
  type    = bool
  default = true
}
variable "name" {
  type    = string
  default = null
}
variable "fifo_queue" {
  type    = bool
  default = false
}
variable "kms_master_key_id" {
  type    = string
  default = null
}
variable "visibility_timeout_seconds" {
  type    = number
  default = null
}
variable "redrive_policy" {
  default = {}
}
variable "create_dlq" {
  type    = bool
  default = false
}
variable "dlq_name" {
  type    = string
  default = null
}

locals {
  ending = var.fifo_queue ? ".fifo" : ""
}

resource "aws_sqs_queue" "this" {
  count = var.create ? 1 : 0

  name                       = try("${trimsuffix(var.name, ".fifo")}${local.ending}", null)
  fifo_queue                 = var.fifo_queue ? true : null
  kms_master_key_id          = var.kms_master_key_id
  visibility_timeout_seconds = var.visibility_timeout_seconds
  redrive_policy             = var.create_dlq ? jsonencode(merge({ deadLetterTargetArn = aws_sqs_queue.dlq[0].arn, maxReceiveCount = 5 }, var.redrive_policy)) : try(var.redrive_policy.deadLetterTargetArn, null) != null ? jsonencode(var.redrive_policy) : null
}

resource "aws_sqs_queue" "dlq" {
  count = var.create && var.create_dlq ? 1 : 0

  name       = try(coalesce(var.dlq_name, "${trimsuffix(var.name, ".fifo")}-dlq${local.ending}"), null)
  fifo_queue = var.fifo_queue ? true : null
}

output "queue_arn" {
  value = try(aws_sqs_queue.this[0].arn, null)
}
output "queue_id" {
  value = try(aws_sqs_queue.this[0].id, null)
}
output "queue_name" {
  value = try(aws_sqs_queue.this[0].name, null)
}
output "queue_url" {
  value = try(aws_sqs_queue.this[0].url, null)
}
output "dead_letter_queue_arn" {
  value = try(aws_sqs_queue.dlq[0].arn, null)
}
output "dead_letter_queue_id" {
  value = try(aws_sqs_queue.dlq[0].id, null)
}
output "dead_letter_queue_name" {
  value = try(aws_sqs_queue.dlq[0].name, null)
}
output "dead_letter_queue_url" {
  value = try(aws_sqs_queue.dlq[0].url, null)
}
