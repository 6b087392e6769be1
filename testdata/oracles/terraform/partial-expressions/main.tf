resource "terraform_data" "u" { input = "u" }
variable "on" { default = true }
variable "rules" {
  type = list(object({ port = number, name = optional(string, "none"), target = optional(string) }))
  default = [{ port = 80 }, { port = 443, name = "tls" }]
}
locals {
  id     = terraform_data.u.id
  secure = local.id == "x"
}
resource "terraform_data" "conditionals" {
  input = {
    known    = var.on ? "k" : local.id
    chosen   = var.on ? local.id : "k"
    objects  = var.on ? { a = 1, id = local.id } : { a = 2, id = "k" }
    lists    = var.on ? [local.id, "k"] : []
    unlike   = local.secure ? "a" : "b"
    and      = [var.on && var.on, var.on && local.secure, !var.on && var.on, var.on || false]
    not      = [!var.on, !local.secure]
    nested   = var.on ? (var.on ? "k" : local.id) : local.id
    nulls    = [local.id == null ? "null" : "k", null == null]
  }
}
resource "terraform_data" "loops" {
  input = {
    rules  = [for r in var.rules : merge(r, { target = local.id })]
    names  = [for r in var.rules : r.name]
    byport = { for r in var.rules : tostring(r.port) => { name = r.name, id = local.id } }
    some   = [for r in var.rules : r.name if r.port > 100]
    nested = [for a in ["x", "y"] : [for b in [1, local.id] : "${a}${b}"]]
    index  = { for i, r in var.rules : r.name => i }
  }
}
resource "terraform_data" "counted" {
  count = length([local.id, "b"])
  input = [count.index, local.id, "k${count.index}"]
}
resource "terraform_data" "each" {
  for_each = { a = local.id, b = "k" }
  input    = { key = each.key, value = each.value, text = "${each.key}-${each.value}" }
}
resource "terraform_data" "refs" {
  input = {
    all     = { for k, r in terraform_data.each : k => r.input.key }
    ids     = [for r in terraform_data.counted : r.id]
    first   = terraform_data.counted[0].input
    splat   = terraform_data.counted[*].input[0]
    whole   = terraform_data.each["b"].input
    trigger = terraform_data.each["a"].triggers_replace
  }
}
