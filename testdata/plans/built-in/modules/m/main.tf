variable "ref" {}
variable "n" {}
resource "terraform_data" "in" { input = "${var.ref}/*/${var.n}" }
module "inner" { 
  source = "./inner"
  r = terraform_data.in.id
}
output "out" { value = terraform_data.in.id }
