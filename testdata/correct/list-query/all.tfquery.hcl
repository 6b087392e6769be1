list "aws_instance" "all" {
  provider = aws
  config { region = var.region }
}
variable "region" { default = "x" }
