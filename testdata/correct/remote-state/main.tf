terraform {
  backend "s3" {}
  required_version = ">= 1.3"
}
data "terraform_remote_state" "net" {
  backend   = "s3"
  workspace = terraform.workspace
  config    = { bucket = "b", key = "net/${terraform.workspace}.tfstate", region = "eu-west-1" }
  defaults  = { vpc_id = "" }
}
locals {
  vpc = data.terraform_remote_state.net.outputs.vpc_id
  all = data.terraform_remote_state.net.outputs["subnets"][*].id
  opt = try(data.terraform_remote_state.net.outputs.maybe, null)
}
output "all" { value = { (local.vpc) = local.all, o = local.opt } }
