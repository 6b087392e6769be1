variable "each" { default = [] }
locals {
  var   = [for var in var.each : var]
  local = { for local, count in { a = 1 } : local => count... }
  data  = [for data in local.var : [for data in data : upper(data)]]
  path  = [for path in ["a"] : "${path.module}-x" if false]
  keys  = { for each in local.var : each => { for self, each in { (each) = each } : self => each } }
  aws   = [for aws_s3_bucket in ["b"] : aws_s3_bucket]
}
