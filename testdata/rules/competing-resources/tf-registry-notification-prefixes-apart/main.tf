module "bucket" {
  source  = "terraform-aws-modules/s3-bucket/aws"
  version = "~> 4.0"
  bucket  = "b"
}
module "n" {
  source  = "terraform-aws-modules/s3-bucket/aws//modules/notification"
  version = "~> 4.0"
  bucket  = module.bucket.s3_bucket_id
  lambda_notifications = {
    a = { function_arn = aws_lambda_function.f.arn, function_name = "f", events = ["s3:ObjectCreated:*"], filter_prefix = "a/" }
    b = { function_arn = aws_lambda_function.f.arn, function_name = "f", events = ["s3:ObjectCreated:*"], filter_prefix = "b/" }
  }
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/worker"
  runtime       = "python3.13"
  handler       = "app.handler"
  filename      = "app.zip"
}
