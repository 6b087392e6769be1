variable "env" { type = string }
variable "endpoint" { type = string }
output "function_name" { value = "orders-${var.env}" }
output "url" { value = "https://${var.endpoint}" }
output "label" { value = { env = var.env, upper = upper(var.env) } }
