variable "x" { default = "acme-y" }
resource "aws_s3_bucket" "b" {
  bucket_prefix = local.a
  count = 1
}
locals { a = "other" }
module "m" { version = "1" }
