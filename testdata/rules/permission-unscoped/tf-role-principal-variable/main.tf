variable "v" {
  type = string
}

variable "on" {
  type = bool
}

resource "aws_lambda_permission" "p" {
  function_name = "worker"
  action        = "lambda:InvokeFunction"
  principal     = "arn:aws:iam::123456789012:role/${var.v}"
}
