resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_subnet" "b" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.2.0/24"
}

resource "aws_rds_cluster" "main" {
  cluster_identifier     = "main"
  engine                 = "aurora-mysql"
  vpc_security_group_ids = [aws_security_group.db.id]
}

resource "aws_rds_cluster_instance" "writer" {
  engine              = "aurora-mysql"
  instance_class      = "db.t4g.medium"
  cluster_identifier  = aws_rds_cluster.main.cluster_identifier
  publicly_accessible = true
}

resource "aws_rds_cluster_instance" "reader" {
  engine             = "aurora-mysql"
  instance_class     = "db.t4g.medium"
  cluster_identifier = aws_rds_cluster.main.id
}

resource "aws_security_group" "db" {
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 3306
    to_port     = 3306
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
