variable "token" {
  type      = string
  ephemeral = true
  default   = null
}
ephemeral "aws_secretsmanager_secret_version" "db" {
  count     = 1
  secret_id = "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-abcdef"
  lifecycle {
    postcondition {
      condition     = self.secret_string != ""
      error_message = "empty"
    }
  }
}
ephemeral "random_password" "p" {
  length = 16
}
locals {
  db = ephemeral.aws_secretsmanager_secret_version.db[0].secret_string
}
resource "aws_ssm_parameter" "p" {
  name             = "p"
  type             = "SecureString"
  value_wo         = ephemeral.random_password.p.result
  value_wo_version = 1
}
provider "postgresql" {
  password = jsondecode(local.db)["password"]
}
output "e" {
  value     = ephemeralasnull(local.db)
  ephemeral = false
}
