variable "triggers" {
  type = any
}

resource "aws_cognito_user_pool" "p" {
  name = "p"
  dynamic "lambda_config" {
    for_each = var.triggers
    content {
      pre_sign_up = lambda_config.value
    }
  }
}
