variable "pw" {
  type      = string
  sensitive = true
  ephemeral = true
}
resource "aws_secretsmanager_secret_version" "s" {
  secret_id                = "s"
  secret_string_wo         = jsonencode({ password = var.pw })
  secret_string_wo_version = 3
}
