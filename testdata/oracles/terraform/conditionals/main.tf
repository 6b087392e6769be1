# The result of a conditional has the type that both branches have in common.
variable "yes" { default = true }
variable "no" { default = false }
variable "ports" { default = [80, 443] }
variable "settings" { 
  type    = map(string)
  default = { a = "1" }
}
locals {
  set   = toset(["b", "a"])
  list  = tolist(["x"])
  typed = tomap({ k = "v" })
}
resource "terraform_data" "scalars" {
  input = [
    var.yes ? 1 : "a", var.no ? 1 : "a", var.yes ? true : "x", var.yes ? "1" : 2, var.no ? "1" : 2,
    var.yes ? 1.50 : "a", var.yes ? null : "x", var.no ? null : 1, var.yes ? "a" : null, var.yes ? true : false,
  ]
}
resource "terraform_data" "objects" {
  input = {
    same      = var.yes ? { a = 1, b = "x" } : { a = 2, b = "y" }
    mixed     = var.yes ? { a = 1 } : { a = "x" }
    different = var.yes ? { a = 1 } : { b = "x" }
    empty     = var.yes ? {} : { a = 1 }
    full      = var.no ? {} : { a = 1 }
    map       = var.yes ? local.typed : {}
    map_obj   = var.no ? local.typed : { n = 5 }
    nested    = var.yes ? { a = { x = 1 } } : { a = { x = "s" } }
    null      = var.yes ? { a = null } : { a = "x" }
    or_null   = var.no ? null : { a = 1, b = "x" }
    var_map   = var.yes ? var.settings : { b = 2 }
    var_map2  = var.no ? var.settings : { b = 2 }
    merged    = merge({ z = 1 }, var.yes ? { a = 1 } : {})
    jsoned    = jsonencode(var.yes ? { a = 1, b = "x" } : { a = 1, b = true })
    inner     = jsonencode(var.no ? { a = [1], c = 1 } : { a = ["x"], c = "q" })
  }
}
resource "terraform_data" "sequences" {
  input = {
    same      = var.yes ? ["a", "b"] : ["c", "d"]
    mixed     = var.yes ? [1, "a"] : [2, "b"]
    unlike    = var.yes ? [1, "a"] : ["x", true]
    shorter   = var.yes ? [1] : ["a", "b"]
    empty     = var.no ? [] : [1, 2]
    emptied   = var.yes ? [] : [1, 2]
    list      = var.yes ? local.list : []
    list_num  = var.no ? local.list : [1]
    set       = var.yes ? local.set : []
    set_tuple = var.no ? local.set : ["b", "a", "b"]
    set_list  = var.no ? local.set : tolist(["z", "y", "z"])
    objects   = var.yes ? [{ a = 1 }] : []
    objects2  = var.no ? [] : [{ a = 1 }, { a = "x" }]
    nested    = var.yes ? [[1], ["a"]] : []
    ports     = var.yes ? var.ports : ["0"]
    jsoned    = jsonencode(var.yes ? [1, 2] : ["x"])
    indexed   = (var.yes ? [1, 2] : ["x"])[1]
    lengths   = [length(var.yes ? ["a", "a"] : local.set), length(var.yes ? [] : [1])]
    or_null   = var.no ? null : [1, "a"]
    count     = [for x in(var.yes ? ["b", "a"] : []) : x]
  }
}
resource "terraform_data" "errors" {
  input = [
    can(var.yes ? [] : {}), can(var.yes ? { a = 1 } : ["a"]), can(var.yes ? "a" : ["a"]), can(var.yes ? "a" : { a = 1 }),
    can(var.yes ? { a = [1] } : { b = "x" }), can(var.yes ? [[1]] : ["a"]), can(var.yes ? local.list : local.typed),
    can(null ? 1 : 2), can("maybe" ? 1 : 2), can("true" ? 1 : 2), can(1 ? 1 : 2), can(var.yes ? 1 : []),
  ]
}
