variable "function_name" {}
variable "regions" { type = set(string) }
resource "terraform_data" "integration" {
  for_each = var.regions
  input    = "arn:aws:lambda:${each.value}:123456789012:function:${var.function_name}"
}
output "endpoint" { value = "${length(var.regions)}.example.com" }
