variable "service" {
  type = object({
    name   = string
    port   = optional(number, 80)
    tags   = optional(map(string), {})
    cidrs  = optional(set(string), ["10.0.0.0/8"])
    nested = optional(object({ on = optional(bool, true), size = optional(number) }), {})
    rules  = optional(list(object({ from = number, to = optional(number, 65535), proto = optional(string, "tcp") })), [{ from = 1 }])
    pair   = optional(tuple([string, number]))
    free   = optional(any)
  })
  default = { name = "a", extra = "dropped" }
}
variable "full" {
  type = map(object({ a = optional(string, "d"), b = optional(list(number), [1, "2"]) }))
  default = {
    x = {}
    y = { a = null, b = null }
    z = { a = 5, b = ["3"] }
  }
}
variable "explicit_null" {
  type    = object({ a = optional(string, "def"), b = optional(string) })
  default = { a = null, b = null }
}
variable "any_list" {
  type    = list(any)
  default = [1, "a", true]
}
variable "any_map" {
  type    = map(any)
  default = { a = 1, b = "x" }
}
variable "any_objects" {
  type    = list(any)
  default = [{ a = 1 }, { a = "x" }]
}
variable "deep_any" {
  type    = map(list(any))
  default = { a = [1, 2], b = ["x"] }
}
variable "set_objects" {
  type    = set(object({ name = string, port = optional(number, 80) }))
  default = [{ name = "b" }, { name = "a", port = 443 }, { name = "b", port = 80 }]
}
variable "set_numbers" {
  type    = set(number)
  default = ["10", 9, 10]
}
variable "strings" {
  type    = map(string)
  default = { a = 1, b = true, c = 1.50, d = null }
}
variable "list_of_maps" {
  type    = list(map(string))
  default = [{ a = 1 }, { b = true }]
}
variable "tuple" {
  type    = tuple([string, list(number), object({ x = optional(string, "y") })])
  default = [1, ["2"], {}]
}
variable "bools" {
  type    = list(bool)
  default = ["true", false, "false"]
}
variable "any_scalar" {
  type    = any
  default = "5"
}
resource "terraform_data" "types" {
  input = {
    service       = var.service
    full          = var.full
    explicit_null = var.explicit_null
    any_list      = var.any_list
    any_map       = var.any_map
    any_objects   = var.any_objects
    deep_any      = var.deep_any
    set_objects   = var.set_objects
    set_numbers   = var.set_numbers
    strings       = var.strings
    list_of_maps  = var.list_of_maps
    tuple         = var.tuple
    bools         = var.bools
    any_scalar    = var.any_scalar
  }
}
