variable "a" { type = number }
locals {
  x = -var.a + 3 * (2 - 1) % 2
  y = !(var.a >= 1) || var.a != 2 && true
  z = var.a == null ? [] : [var.a]
  w = { "a b" = 1, (local.x) = 2, c : 3, "${local.y}d" = 4 }
  v = [for k, v in local.w : "${k}=${v}" if v != null]
  u = { for k, v in local.w : v => k... }
  t = 1e3 + 0.5
  s = "a" == 1
  r = [] == tolist([])
}
