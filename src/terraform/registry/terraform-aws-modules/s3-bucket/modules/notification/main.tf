variable "create" {
  type    = bool
  default = true
}
variable "bucket" {
  type    = string
  default = ""
}
variable "bucket_arn" {
  type    = string
  default = null
}
variable "eventbridge" {
  type    = bool
  default = null
}
variable "region" {
  type    = string
  default = null
}
variable "create_lambda_permission" {
  type    = bool
  default = true
}
variable "create_sns_policy" {
  type    = bool
  default = true
}
variable "create_sqs_policy" {
  type    = bool
  default = true
}
variable "lambda_notifications" {
  default = {}
}
variable "sns_notifications" {
  default = {}
}
variable "sqs_notifications" {
  default = {}
}

data "aws_partition" "current" {}

locals {
  queues     = { for key, one in var.sqs_notifications : key => split(":", one.queue_arn) }
  bucket_arn = coalesce(var.bucket_arn, "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}")
}

resource "aws_s3_bucket_notification" "this" {
  count = var.create ? 1 : 0

  region      = var.region
  bucket      = var.bucket
  eventbridge = var.eventbridge

  dynamic "lambda_function" {
    for_each = var.lambda_notifications
    content {
      id                  = try(lambda_function.value.id, lambda_function.key)
      lambda_function_arn = lambda_function.value.function_arn
      events              = lambda_function.value.events
      filter_prefix       = try(lambda_function.value.filter_prefix, null)
      filter_suffix       = try(lambda_function.value.filter_suffix, null)
    }
  }
  dynamic "queue" {
    for_each = var.sqs_notifications
    content {
      id            = try(queue.value.id, queue.key)
      queue_arn     = queue.value.queue_arn
      events        = queue.value.events
      filter_prefix = try(queue.value.filter_prefix, null)
      filter_suffix = try(queue.value.filter_suffix, null)
    }
  }
  dynamic "topic" {
    for_each = var.sns_notifications
    content {
      id            = try(topic.value.id, topic.key)
      topic_arn     = topic.value.topic_arn
      events        = topic.value.events
      filter_prefix = try(topic.value.filter_prefix, null)
      filter_suffix = try(topic.value.filter_suffix, null)
    }
  }

  depends_on = [aws_lambda_permission.allow, aws_sqs_queue_policy.allow, aws_sns_topic_policy.allow]
}

resource "aws_lambda_permission" "allow" {
  for_each = var.create && var.create_lambda_permission ? var.lambda_notifications : {}

  region         = var.region
  action         = "lambda:InvokeFunction"
  function_name  = each.value.function_name
  qualifier      = try(each.value.qualifier, null)
  principal      = "s3.amazonaws.com"
  source_arn     = local.bucket_arn
  source_account = try(each.value.source_account, null)
}

resource "aws_sqs_queue_policy" "allow" {
  for_each = var.create && var.create_sqs_policy ? var.sqs_notifications : {}

  region    = var.region
  queue_url = try(each.value.queue_id, format("https://sqs.%s.amazonaws.com/%s/%s", local.queues[each.key][3], local.queues[each.key][4], local.queues[each.key][5]))
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Principal = { Service = "s3.amazonaws.com" }
      Resource  = each.value.queue_arn
      Condition = { ArnEquals = { "aws:SourceArn" = local.bucket_arn } }
    }]
  })
}

resource "aws_sns_topic_policy" "allow" {
  for_each = var.create && var.create_sns_policy ? var.sns_notifications : {}

  region = var.region
  arn    = each.value.topic_arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sns:Publish"
      Principal = { Service = "s3.amazonaws.com" }
      Resource  = each.value.topic_arn
      Condition = { ArnEquals = { "aws:SourceArn" = local.bucket_arn } }
    }]
  })
}

output "s3_bucket_notification_id" {
  value = try(aws_s3_bucket_notification.this[0].id, "")
}
