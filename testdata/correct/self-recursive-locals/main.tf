locals {
  a = { b = local.c, d = 1 }
  c = 2
  e = local.a.b
}
output "o" { value = local.e }
