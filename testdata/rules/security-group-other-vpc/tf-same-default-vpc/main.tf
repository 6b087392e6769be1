data "aws_vpc" "default" {
  default = true
}

resource "aws_security_group" "far" {
}

resource "aws_security_group" "db" {
  vpc_id = data.aws_vpc.default.id
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    security_groups = [aws_security_group.far.id]
  }
}
