variable "v" {
  type = string
}

variable "on" {
  type = bool
}

resource "aws_lambda_permission" "p" {
  function_name = "worker"
  action        = "lambda:InvokeFunction"
  principal     = var.v
  source_arn    = "arn:aws:sns:eu-west-1:123456789012:t"
}
