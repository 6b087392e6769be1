variable "name" {}
variable "size" {}
module "d" {
  source   = "./d"
  for_each = { for i in range(var.size) : format("n%d", i) => "${var.name}/${i}" }
  value    = each.value
}
resource "terraform_data" "c" {
  for_each = module.d
  input    = [each.key, each.value.upper]
}
output "id" { value = join("|", [for k, m in module.d : m.upper]) }
output "nested" { value = { for k, m in module.d : k => m.self.up } }
