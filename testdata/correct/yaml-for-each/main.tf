locals {
  files = fileset("${path.module}/conf", "**/*.yaml")
  conf  = { for f in local.files : trimsuffix(f, ".yaml") => yamldecode(file("${path.module}/conf/${f}")) }
}
resource "null_resource" "f" {
  for_each = local.files
  triggers = { f = each.value }
}
resource "null_resource" "c" {
  for_each = { for k, v in local.conf : k => v if try(v.enabled, true) }
  triggers = { f = each.value.name }
}
