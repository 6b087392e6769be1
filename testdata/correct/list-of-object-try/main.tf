variable "cfg" { type = any }
locals {
  svc = { for s in try(var.cfg.services, []) : s.name => merge({ port = 80 }, s) }
  ports = flatten([for k, s in local.svc : [for p in try(s.ports, [s.port]) : { svc = k, port = p }]])
  by = { for p in local.ports : "${p.svc}:${p.port}" => p }
}
resource "null_resource" "p" {
  for_each = local.by
  triggers = { s = each.value.svc, p = each.value["port"] }
}
