module "orders" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders"
  create_current_version_allowed_triggers = false
  allowed_triggers = {
    topic  = { principal = "sns.amazonaws.com" }
    bucket = { service = "s3", source_arn = "arn:aws:s3:::uploads", source_account = "123456789012" }
  }
}
