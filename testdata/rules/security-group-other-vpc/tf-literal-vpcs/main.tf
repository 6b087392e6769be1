resource "aws_security_group" "far" {
  vpc_id = "vpc-11111111"
}

resource "aws_security_group" "db" {
  vpc_id = "vpc-22222222"
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    security_groups = [aws_security_group.far.id]
  }
}
