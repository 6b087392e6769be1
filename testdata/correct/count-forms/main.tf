variable "on" { type = bool }
variable "l" { type = list(string) }
variable "s" { default = "1" }
resource "null_resource" "a" { count = var.on ? 1 : 0 }
resource "null_resource" "b" { count = length(var.l) }
resource "null_resource" "c" { count = var.s }
resource "null_resource" "d" { count = "${var.on ? 1 : 0}" }
resource "null_resource" "e" { count = try(var.l[0], "") != "" ? 1 : 0 }
resource "null_resource" "f" { count = tonumber(var.s) * 2 }
data "aws_x" "y" { count = min(1, length(var.l)) }
locals {
  a = var.on ? null_resource.a[0].id : ""
  b = one(null_resource.a[*].id)
  c = join("", null_resource.a.*.id)
}
