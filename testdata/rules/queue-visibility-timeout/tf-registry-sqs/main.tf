module "short" {
  source = "terraform-aws-modules/sqs/aws"

  name                       = "short"
  visibility_timeout_seconds = 30
  create_dlq                 = true
}

module "long" {
  source = "terraform-aws-modules/sqs/aws"

  name                       = "long"
  visibility_timeout_seconds = 360
}

module "orders" {
  source = "terraform-aws-modules/lambda/aws"

  function_name = "orders"
  timeout       = 60
  event_source_mapping = {
    short = { event_source_arn = module.short.queue_arn }
    long  = { event_source_arn = module.long.queue_arn }
  }
}
