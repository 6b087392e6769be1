locals {
  buckets = { a = "acme-a", b = "acme-b" }
}
import {
  for_each = local.buckets
  to       = aws_s3_bucket.this[each.key]
  id       = each.value
}
import {
  to       = aws_s3_bucket.one
  identity = { bucket = "acme-one" }
}
import {
  to = module.elsewhere.aws_s3_bucket.x
  id = "x"
  provider = aws.west
}
module "elsewhere" {
  source = "acme/x/aws"
  version = "~> 1.0"
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
resource "aws_s3_bucket" "this" {
  for_each = local.buckets
  bucket   = each.value
}
resource "aws_s3_bucket" "one" { bucket = "acme-one" }
