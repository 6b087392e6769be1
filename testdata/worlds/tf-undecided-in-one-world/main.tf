variable "env" {}
variable "open" {}

resource "aws_db_instance" "main" {
  engine                 = "postgres"
  publicly_accessible    = var.open
  db_subnet_group_name   = "x"
  vpc_security_group_ids = ["sg-1"]
}
