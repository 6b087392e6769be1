variable "text" {
  type    = string
  default = "d"
}
variable "number" {
  type    = number
  default = 1
}
variable "flag" {
  type    = bool
  default = false
}
variable "set" {
  type    = set(string)
  default = []
}
variable "list" {
  type    = list(string)
  default = ["x"]
}
variable "map" {
  type    = map(string)
  default = {}
}
variable "object" {
  type = object({
    name   = string
    memory = optional(number, 128)
    nested = optional(list(object({ port = number, cidrs = optional(list(string), ["10.0.0.0/8"]) })), [])
    maybe  = optional(string)
  })
  default = { name = "n" }
}
variable "tuple" {
  type    = tuple([number, string])
  default = [0, ""]
}
variable "any" {
  type    = any
  default = null
}
variable "anys" {
  type    = list(any)
  default = []
}
variable "nulled" {
  type     = string
  default  = "default wins"
  nullable = false
}
variable "kept" {
  type    = string
  default = "unused"
}
variable "untyped" { default = "u" }
resource "terraform_data" "seen" {
  input = {
    text = var.text, number = var.number, flag = var.flag, set = var.set, list = var.list, map = var.map, object = var.object
    tuple = var.tuple, any = var.any, anys = var.anys, nulled = var.nulled, kept = var.kept, untyped = var.untyped
  }
}
