variable "o" { type = map(object({ a = string })) }
variable "l" { type = list(string) }
variable "x" { type = object({ a = string, b = string }) }
resource "null_resource" "a" { for_each = var.o }
resource "null_resource" "b" { for_each = toset(var.l) }
resource "null_resource" "c" { for_each = { for i in range(3) : i => i } }
resource "null_resource" "d" { for_each = var.x }
resource "null_resource" "e" { for_each = null_resource.b }
resource "null_resource" "f" { for_each = toset([]) }
resource "null_resource" "g" { for_each = length(var.l) > 0 ? toset(var.l) : toset([]) }
resource "null_resource" "h" { for_each = length(var.l) > 0 ? { a = 1 } : {} }
resource "null_resource" "i" { for_each = setproduct(var.l, var.l) == null ? {} : {} }
resource "null_resource" "j" { for_each = zipmap(var.l, var.l) }
resource "null_resource" "k" { for_each = setunion(var.l, ["a"]) }
resource "null_resource" "l" { for_each = merge({ a = 1 }, var.o) }
resource "null_resource" "m" { for_each = toset(keys(var.o)) }
resource "null_resource" "n" { for_each = try(toset(var.l), {}) }
resource "null_resource" "p" { for_each = coalesce(var.o, {}) }
resource "null_resource" "q" { for_each = { "a" : 1, "b" : 2 } }
resource "null_resource" "r" { for_each = setsubtract(var.l, ["x"]) }
resource "null_resource" "s" { for_each = tomap({ a = "b" }) }
resource "null_resource" "t" { for_each = jsondecode("{\"a\":1}") }
resource "null_resource" "u" { for_each = toset(["a", 1]) }
resource "null_resource" "v" { for_each = lookup({ a = { k = 1 } }, "a", {}) }
