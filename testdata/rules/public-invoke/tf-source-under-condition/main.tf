variable "v" {
  type = string
}

variable "on" {
  type = bool
}

resource "aws_lambda_permission" "p" {
  function_name = "worker"
  action        = "lambda:InvokeFunction"
  principal     = "*"
  source_arn    = var.on ? "arn:aws:sns:eu-west-1:123456789012:t" : null
}
