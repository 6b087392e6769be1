variable "name" {}
variable "extra" {}
output "says" { value = "${var.name}/${var.extra}" }
