module "orders" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders"
  create_current_version_allowed_triggers = false
  allowed_triggers = {
    uploads = { service = "s3", source_arn = "arn:aws:s3:::uploads", source_account = "123456789012" }
  }
}

resource "aws_s3_bucket_notification" "late" {
  bucket = "uploads"
  lambda_function {
    lambda_function_arn = module.orders.lambda_function_arn
    events              = ["s3:ObjectCreated:*"]
  }
}

resource "aws_s3_bucket_notification" "waits" {
  bucket = "uploads"
  lambda_function {
    lambda_function_arn = module.orders.lambda_function_arn
    events              = ["s3:ObjectCreated:*"]
  }
  depends_on = [module.orders]
}
