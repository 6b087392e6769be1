terraform {
  required_providers {
    aws  = { source = "hashicorp/aws" }
    time = { source = "hashicorp/time" }
    own  = { source = "acme/own", configuration_aliases = [own.main, own.other] }
  }
}
locals {
  arn   = provider::aws::arn_parse("arn:aws:iam::111122223333:role/x")
  stamp = provider::time::rfc3339_parse("2023-07-25T23:43:16Z").year
  own   = provider::own::thing(1, 2, [3]...)
  vars  = provider::terraform::encode_tfvars({ a = 1 })
  core  = core::upper("a")
}
output "o" { value = [local.arn.account_id, local.stamp, local.own, local.vars, local.core] }
