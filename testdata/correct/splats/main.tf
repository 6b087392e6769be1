variable "o" { type = object({ a = list(string) }) }
variable "m" { type = map(string) }
variable "maybe" { default = null }
locals {
  a = var.o[*].a
  b = var.m[*]
  c = var.maybe[*]
  d = values(var.m)[*]
  e = var.o.*.a
  f = [{ x = [1] }][*].x[0]
  g = var.o.a.0
  h = { a = 1 }.a
  i = [1, 2][0]
  j = (true ? { b = 1 } : { b = 2 }).b
  k = "${"a"}${1 + 1}"
  l = upper("x")[*]
  m = null[*]
}
