resource "null_resource" "a" {
  depends_on = [null_resource.b, module.m, data.aws_x.y, module.m.out, null_resource.b[0], module.k["x"]]
}
resource "null_resource" "b" { count = 1 }
data "aws_x" "y" { depends_on = [null_resource.b] }
module "m" { source = "acme/m/aws" }
module "k" {
  source   = "acme/k/aws"
  for_each = toset(["x"])
}
output "o" {
  value      = 1
  depends_on = [null_resource.a]
}
