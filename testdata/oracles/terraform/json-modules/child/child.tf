variable "name" { type = string }
variable "config" { type = object({ n = number, list = list(string) }) }
resource "terraform_data" "c" { input = { name = var.name, config = var.config } }
output "out" { value = "${var.name}${var.config.n}${join("", var.config.list)}" }
