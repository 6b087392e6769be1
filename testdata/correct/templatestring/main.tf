data "aws_s3_object" "tpl" {
  bucket = "b"
  key    = "k"
}
locals {
  greeting = templatestring(data.aws_s3_object.tpl.body, { name = "x", each = 1 })
  file     = templatefile("${path.module}/x.tftpl", { each = 1, port = 80 })
}
output "g" { value = local.greeting }
