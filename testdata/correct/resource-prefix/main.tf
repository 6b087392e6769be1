resource "aws_s3_bucket" "b" { bucket = "acme-b2" }
locals {
  id   = resource.aws_s3_bucket.b.id
  all  = values({ a = aws_s3_bucket.b })[*].arn
  self = one(aws_s3_bucket.b[*].arn)
}
output "o" { value = [local.id, local.all, local.self] }
