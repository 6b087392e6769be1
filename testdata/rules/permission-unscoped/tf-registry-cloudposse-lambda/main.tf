module "orders" {
  source        = "cloudposse/lambda-function/aws"
  function_name = "orders"
  invoke_function_permissions = [
    { principal = "s3.amazonaws.com", source_arn = "arn:aws:s3:::uploads" },
    { principal = "sns.amazonaws.com", source_arn = "arn:aws:sns:eu-west-1:123456789012:topic" },
  ]
}
