variable "a" { type = "string" }
variable "l" {
  type    = "list"
  default = ["x"]
}
resource "aws_s3_bucket" "b" {
  provider = "aws.west"
  bucket   = "${var.a}"
  lifecycle {
    ignore_changes = ["tags"]
  }
  depends_on = ["null_resource.n"]
}
resource "null_resource" "n" {}
provider "aws" {
  alias = "west"
}
