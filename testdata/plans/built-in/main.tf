variable "env" { default = "dev" }
variable "secret" { 
  default = "hush"
  sensitive = true
}
locals { pre = "x-${terraform_data.a.id}" }
resource "terraform_data" "a" { input = { name = "a-${var.env}", id = var.secret, nested = [{ k = terraform_data.b["x"].id }] } }
resource "terraform_data" "b" {
  for_each = toset(["x", "y"])
  input = each.key
}
resource "terraform_data" "c" {
  count = 2
  input = ["${terraform_data.b["x"].id}:live", count.index, local.pre, var.env]
  triggers_replace = terraform_data.b["y"].id
}
resource "terraform_data" "plainref" { input = terraform_data.b["y"].output }
resource "terraform_data" "s" {
  input = toset([terraform_data.a.id, "k"])
  depends_on = [terraform_data.c]
  lifecycle { ignore_changes = [input] }
}
module "m" {
  source = "./modules/m"
  for_each = { p = 1, q = 2 }
  ref = terraform_data.a.id
  n = each.value
}
output "o" { value = module.m["p"].out }
resource "terraform_data" "frommod" { input = module.m["p"].out }
data "terraform_remote_state" "rs" {
  backend = "local"
  config = { path = "${path.module}/x.tfstate" }
}
