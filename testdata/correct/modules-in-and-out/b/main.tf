variable "x" {}
variable "later" {}
output "first" { value = var.x }
output "second" { value = var.later }
resource "null_resource" "r" { triggers = { o = var.later } }
