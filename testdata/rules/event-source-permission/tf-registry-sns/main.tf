# The module subscribes functions, and makes no permission for them.
module "topic" {
  source = "terraform-aws-modules/sns/aws"

  name = "orders"
  subscriptions = {
    forgotten = { protocol = "lambda", endpoint = module.forgotten.lambda_function_arn }
    allowed   = { protocol = "lambda", endpoint = module.allowed.lambda_function_arn }
    queue     = { protocol = "sqs", endpoint = "arn:aws:sqs:eu-west-1:123456789012:orders" }
  }
}

module "forgotten" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "forgotten"
}

module "allowed" {
  source                                  = "terraform-aws-modules/lambda/aws"
  function_name                           = "allowed"
  create_current_version_allowed_triggers = false
  allowed_triggers = {
    topic = { service = "sns", source_arn = module.topic.topic_arn }
  }
}
