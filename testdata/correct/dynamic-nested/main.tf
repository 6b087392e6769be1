variable "groups" {
  type = map(object({ rules = list(object({ port = number, cidrs = optional(list(string), []) })) }))
  default = {}
}
resource "aws_wafv2_rule_group" "this" {
  for_each = var.groups
  name     = each.key
  dynamic "rule" {
    for_each = each.value.rules
    iterator = outer
    content {
      name = "${each.key}-${outer.key}"
      dynamic "statement" {
        for_each = outer.value.cidrs
        content {
          cidr = statement.value
          dynamic "not" {
            for_each = [statement.value]
            iterator = statement
            content {
              value = "${outer.value.port}-${statement.value}-${statement.key}"
            }
          }
        }
      }
    }
  }
}
