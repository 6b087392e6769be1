# The module adds no permission for the dead-letter target.
resource "aws_sqs_queue" "failed" {
  name = "failed"
}

module "orders" {
  source                        = "cloudposse/lambda-function/aws"
  function_name                 = "orders"
  dead_letter_config_target_arn = aws_sqs_queue.failed.arn
}

module "granted" {
  source                        = "cloudposse/lambda-function/aws"
  function_name                 = "granted"
  dead_letter_config_target_arn = aws_sqs_queue.failed.arn
  inline_iam_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.failed.arn }]
  })
}

module "beside" {
  source                        = "cloudposse/lambda-function/aws"
  function_name                 = "beside"
  dead_letter_config_target_arn = aws_sqs_queue.failed.arn
}

resource "aws_iam_role_policy" "beside" {
  role = module.beside.role_name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.failed.arn }]
  })
}

variable "policies" {
  type = list(string)
}

module "unseen" {
  source                        = "cloudposse/lambda-function/aws"
  function_name                 = "unseen"
  dead_letter_config_target_arn = aws_sqs_queue.failed.arn
  custom_iam_policy_arns        = var.policies
}
