data "aws_iam_policy_document" "table" {
  statement {
    actions   = ["dynamodb:GetItem"]
    resources = ["*"]
  }
}

module "bare" {
  source           = "cloudposse/iam-role/aws"
  version          = "0.19.0"
  name             = "bare"
  principals       = { Service = ["lambda.amazonaws.com"] }
  policy_documents = [data.aws_iam_policy_document.table.json]
}

module "good" {
  source                = "cloudposse/iam-role/aws"
  name                  = "good"
  principals            = { Service = ["lambda.amazonaws.com"] }
  managed_policy_arns   = ["arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"]
  policy_document_count = 0
}

variable "documents" {
  type = list(string)
}

module "unknown" {
  source           = "cloudposse/iam-role/aws"
  name             = "unknown"
  principals       = { Service = ["lambda.amazonaws.com"] }
  policy_documents = var.documents
}

resource "aws_lambda_function" "orders" {
  for_each = {
    bare    = module.bare.arn
    good    = module.good.arn
    unknown = module.unknown.arn
  }
  function_name = each.key
  role          = each.value
  vpc_config {
    subnet_ids         = ["subnet-0a"]
    security_group_ids = ["sg-0a"]
  }
}
