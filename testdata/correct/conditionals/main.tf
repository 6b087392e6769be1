variable "on" { type = bool }
variable "m" { type = map(string) }
variable "any" {}
variable "o" { type = object({ a = string, b = optional(number) }) }
locals {
  a = var.on ? "a" : 1
  b = var.on ? true : "x"
  c = var.on ? null : { a = 1 }
  d = var.on ? [] : ["a", "b"]
  e = var.on ? ["a"] : [1, 2]
  f = var.on ? {} : { a = 1 }
  g = var.on ? { a = 1 } : { b = "x" }
  h = var.on ? var.m : {}
  i = var.on ? var.m : { a = 1 }
  j = var.on ? toset(["a"]) : []
  k = var.on ? tolist(["a"]) : toset(["b"])
  l = var.on ? var.any : "x"
  m = var.on ? var.any : []
  n = var.on ? [var.any] : []
  o = var.on ? { for k, v in var.m : k => v } : {}
  p = var.on ? [for k in ["a"] : k] : []
  q = var.on ? [{ a = 1 }] : []
  r = var.on ? [{ a = 1 }, { a = "2" }] : [{ a = true }]
  s = var.on ? jsondecode("{}") : { a = 1 }
  t = var.on ? concat(["a"], [1]) : []
  u = var.on ? merge({ a = 1 }, { b = [] }) : null
  v = (var.on ? 1 : null) == null ? "x" : "y"
  w = var.on ? try(var.any.x, []) : {}
  x = var.on ? yamldecode("a: 1") : tomap({})
  y = var.on ? [1, "a"] : ["a", 1]
  z = var.on ? tomap({ a = "x" }) : { a = 2, b = true }
  aa = var.on ? { a = 1, b = 2 } : { a = "1" }
  bb = var.on ? data.aws_x.y : null
  cc = var.on ? data.aws_x.y.names : ["x"]
  dd = var.on ? data.aws_x.y[*].names : [["x"]]
}
data "aws_x" "y" {}
