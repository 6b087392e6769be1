variable "create" { default = true }
variable "names" {
  type    = list(string)
  default = ["one", "two"]
}
resource "terraform_data" "maybe" {
  count = var.create ? 1 : 0
  input = { arn = "arn:${count.index}" }
}
resource "terraform_data" "never" {
  count = var.create ? 0 : 1
  input = "x"
}
resource "terraform_data" "by_name" {
  for_each = { for i, n in var.names : n => { index = i, arn = "arn:${n}" } }
  input    = each.value
}
resource "terraform_data" "set" {
  for_each = toset(concat(var.names, ["three"]))
  input    = "${each.key}-${each.value}"
}
resource "terraform_data" "chained" {
  for_each = terraform_data.by_name
  input    = "${each.key}:${each.value.input.arn}"
}
resource "terraform_data" "list_to_map" {
  for_each = zipmap(range(length(var.names)), var.names)
  input    = { key = each.key, value = each.value }
}
resource "terraform_data" "special_keys" {
  for_each = toset(["GET /orders/{id}", "a\"b", "c\\d", "$default", "日本"])
  input    = each.key
}
resource "terraform_data" "reads" {
  input = {
    index       = terraform_data.maybe[0].input.arn
    splat       = terraform_data.maybe[*].input.arn
    one         = one(terraform_data.maybe[*].input.arn)
    one_none    = one(terraform_data.never[*].input)
    try_none    = try(terraform_data.never[0].input, "none")
    join        = join("", terraform_data.maybe[*].input.arn)
    attr_splat  = terraform_data.maybe.*.input
    values      = values(terraform_data.by_name)[*].input.arn
    map         = { for k, v in terraform_data.by_name : k => v.input.index }
    list        = [for v in terraform_data.by_name : v.input.arn]
    key         = terraform_data.by_name["two"].input.arn
    keys        = keys(terraform_data.by_name)
    length      = length(terraform_data.set)
    outputs     = terraform_data.maybe[0].output.arn
    last        = element(concat(terraform_data.maybe[*].input.arn, ["default"]), 0)
    no_count    = terraform_data.alone[*].input
    sorted      = sort([for k, v in terraform_data.set : v.input])
    contains    = contains(keys(terraform_data.set), "three")
    lookup      = lookup({ for k, v in terraform_data.by_name : k => v.input.arn }, "one", "no")
    merge       = merge([for k, v in terraform_data.by_name : { (k) = v.input.index }]...)
    through     = [for n in var.names : terraform_data.by_name[n].input.arn]
  }
}
resource "terraform_data" "alone" { input = "alone" }
