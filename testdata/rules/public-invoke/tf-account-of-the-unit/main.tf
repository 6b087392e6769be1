data "aws_caller_identity" "me" {}

variable "v" {
  type = string
}

variable "on" {
  type = bool
}

resource "aws_lambda_permission" "p" {
  function_name = "worker"
  action        = "lambda:InvokeFunction"
  principal     = data.aws_caller_identity.me.account_id
}
