module "made" {
  source = "terraform-aws-modules/s3-bucket/aws//modules/notification"

  bucket = aws_s3_bucket.uploads.id
  lambda_notifications = {
    orders = {
      function_arn  = module.orders.lambda_function_arn
      function_name = module.orders.lambda_function_name
      events        = ["s3:ObjectCreated:*"]
    }
  }
}

module "left_out" {
  source = "terraform-aws-modules/s3-bucket/aws//modules/notification"

  bucket                   = aws_s3_bucket.images.id
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
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders"
}

resource "aws_s3_bucket" "uploads" {
  bucket = "uploads"
}

resource "aws_s3_bucket" "images" {
  bucket = "images"
}
