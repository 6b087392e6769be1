variable "auth" {
  type = string
}

variable "on" {
  type = bool
}

resource "aws_lambda_function_url" "u" {
  function_name      = "worker"
  authorization_type = var.on ? "NONE" : "AWS_IAM"
}
