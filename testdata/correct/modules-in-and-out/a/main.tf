variable "out" {}
output "own" { value = "x" }
resource "null_resource" "r" { triggers = { o = var.out } }
