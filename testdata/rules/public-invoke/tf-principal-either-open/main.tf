variable "v" {
  type = string
}

variable "on" {
  type = bool
}

resource "aws_lambda_permission" "p" {
  function_name = "worker"
  action        = "lambda:InvokeFunction"
  principal     = var.on ? "*" : "sns.amazonaws.com"
}
