variable "names" { type = list(string) }
locals {
  text = <<-EOT
    %{ for i, name in var.names ~}
    ${i}: ${name}%{ if name == "a" } is a%{ else } is not a%{ endif }
    %{ endfor ~}
    $${not.a_name} %%{ if nothing }
  EOT
  plain = <<EOT
$${each.value} $VAR $(cmd) $${count.index}
EOT
}
resource "null_resource" "x" {
  triggers = { t = local.text, "${length(var.names)}" = local.plain }
}
