# `event_source_mapping` gives the role nothing.
module "queue" {
  source = "terraform-aws-modules/sqs/aws"
  name   = "orders"
}

module "without" {
  source = "terraform-aws-modules/lambda/aws"

  function_name        = "without"
  event_source_mapping = { sqs = { event_source_arn = module.queue.queue_arn } }
}

module "with" {
  source = "terraform-aws-modules/lambda/aws"

  function_name        = "with"
  event_source_mapping = { sqs = { event_source_arn = module.queue.queue_arn } }
  attach_policies      = true
  number_of_policies   = 1
  policies             = ["arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"]
}

module "stream" {
  source = "terraform-aws-modules/lambda/aws"

  function_name            = "stream"
  event_source_mapping     = { orders = { event_source_arn = module.table.dynamodb_table_stream_arn, starting_position = "LATEST" } }
  attach_policy_statements = true
  policy_statements = {
    stream = {
      effect    = "Allow"
      actions   = ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"]
      resources = [module.table.dynamodb_table_stream_arn]
    }
    list = {
      effect    = "Allow"
      actions   = ["dynamodb:ListStreams"]
      resources = ["*"]
    }
  }
}

module "table" {
  source = "terraform-aws-modules/dynamodb-table/aws"

  name           = "orders"
  hash_key       = "id"
  stream_enabled = true
}
