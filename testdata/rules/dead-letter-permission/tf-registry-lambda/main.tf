resource "aws_sqs_queue" "failed" {
  name = "failed"
}

module "orders" {
  source                 = "terraform-aws-modules/lambda/aws"
  function_name          = "orders"
  dead_letter_target_arn = aws_sqs_queue.failed.arn
}

module "granted" {
  source                    = "terraform-aws-modules/lambda/aws"
  function_name             = "granted"
  dead_letter_target_arn    = aws_sqs_queue.failed.arn
  attach_dead_letter_policy = true
}
