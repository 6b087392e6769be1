variable "n" { default = 2 }
resource "null_resource" "c" {
  count    = var.n
  triggers = { i = count.index, f = format("%02d", count.index + 1) }
  provisioner "local-exec" {
    command = "echo ${self.id} ${count.index}"
  }
  connection {
    host = self.triggers.i
  }
}
resource "null_resource" "e" {
  for_each = { for i, c in null_resource.c : i => c.id }
  triggers = each.value == "" ? {} : { k = each.key }
  lifecycle {
    replace_triggered_by  = [null_resource.c[each.key].id, null_resource.c[0]]
    create_before_destroy = true
    ignore_changes        = all
    precondition {
      condition     = each.key != "x"
      error_message = "bad ${each.key}"
    }
  }
}
module "m" {
  source   = "acme/x/aws"
  for_each = null_resource.e
  name     = each.value.id
  providers = {
    aws     = aws
    aws.dst = aws.west
  }
  depends_on = [null_resource.c, module.n]
}
module "n" {
  source  = "app.terraform.io/acme/n/aws"
  version = "1.2.3"
  count   = length(null_resource.c)
  index   = count.index
}
provider "aws" {
  alias = "west"
}
output "all" {
  value      = { for k, m in module.m : k => m.id }
  depends_on = [module.m]
}
output "n" { value = module.n[*].id }
output "last" { value = element(module.n.*.id, length(module.n) - 1) }
