module "bucket" {
  source = "terraform-aws-modules/s3-bucket/aws"
  bucket = "uploads"
}

module "notification" {
  source = "terraform-aws-modules/s3-bucket/aws//modules/notification"

  bucket                   = module.bucket.s3_bucket_id
  create_lambda_permission = false
  lambda_notifications = {
    orders = {
      function_arn  = module.orders.lambda_function_arn
      function_name = module.orders.lambda_function_name
      events        = ["s3:ObjectCreated:*"]
    }
  }
}

module "orders" {
  source                                  = "terraform-aws-modules/lambda/aws"
  function_name                           = "orders"
  create_current_version_allowed_triggers = false
  allowed_triggers = {
    uploads = { principal = "s3.amazonaws.com", source_arn = module.bucket.s3_bucket_arn, source_account = "123456789012" }
  }
}
