variable "password" {
  type      = string
  sensitive = true
}

output "password" {
  value     = var.password
  sensitive = true
}

output "output" {
  value     = "hush7-output"
  sensitive = true
}
