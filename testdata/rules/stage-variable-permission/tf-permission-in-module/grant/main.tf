variable "function" {
  type = string
}

variable "alias" {
  type = string
}

variable "api" {
  type = string
}

resource "aws_lambda_permission" "api" {
  action        = "lambda:InvokeFunction"
  function_name = var.function
  qualifier     = var.alias
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${var.api}/*/*"
}
