resource "aws_sqs_queue" "jobs" {
  name = "jobs"
}

module "orders" {
  source        = "cloudposse/lambda-function/aws"
  function_name = "orders"
}

resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = module.orders.arn
}

module "granted" {
  source                 = "cloudposse/lambda-function/aws"
  function_name          = "granted"
  custom_iam_policy_arns = ["arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"]
}

resource "aws_lambda_event_source_mapping" "granted" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = module.granted.function_name
}
