module "for_tasks" {
  source                = "cloudposse/iam-role/aws"
  name                  = "tasks"
  policy_document_count = 0
  principals            = { Service = ["ecs-tasks.amazonaws.com"], AWS = ["arn:aws:iam::123456789012:root"] }
}

module "for_both" {
  source                = "cloudposse/iam-role/aws"
  name                  = "both"
  policy_document_count = 0
  principals            = { AWS = ["arn:aws:iam::123456789012:root"], Service = ["lambda.amazonaws.com"] }
}

variable "principals" {
  type = map(list(string))
}

module "for_whom" {
  source                = "cloudposse/iam-role/aws"
  name                  = "whom"
  policy_document_count = 0
  principals            = var.principals
}

resource "aws_lambda_function" "orders" {
  for_each = {
    tasks = module.for_tasks.arn
    both  = module.for_both.arn
    whom  = module.for_whom.arn
  }
  function_name = each.key
  role          = each.value
}
