variable "x" {}
resource "aws_s3_bucket" "b" { bucket = var.x }
module "m" { source = "acme/m/aws" }
locals { a = 1 }
