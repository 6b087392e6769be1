variable "secret" {
  type      = object({ user = string, password = string })
  sensitive = true
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "plain7-role"
}
