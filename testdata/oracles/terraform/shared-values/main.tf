# A value that is shared many times over.
locals {
  a = ["x", { k = "v" }]
  b = [local.a, local.a]
  c = [local.b, local.b]
  d = { l = local.c, r = local.c }
  e = [for i in range(3) : local.d]
}
resource "terraform_data" "e" {
  input = { e = local.e, n = length(flatten(local.e[*].l)), j = sha1(jsonencode(local.e)) }
}
