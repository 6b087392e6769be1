variable "r" {}
resource "terraform_data" "deep" { input = var.r }
