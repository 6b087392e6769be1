resource "terraform_data" "x" {
  input = "arn:aws:1"
}

resource "aws_ssm_parameter" "x" {
  name  = "x"
  type  = "String"
  value = "arn:aws:sqs"
}
