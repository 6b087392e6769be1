variable "cluster" {}

variable "public" {
  type = bool
}

resource "aws_rds_cluster_instance" "reader" {
  cluster_identifier  = var.cluster
  engine              = "aurora-postgresql"
  instance_class      = "db.r6g.large"
  publicly_accessible = true
}

resource "aws_rds_cluster_instance" "perhaps" {
  cluster_identifier  = var.cluster
  engine              = "aurora-postgresql"
  instance_class      = "db.r6g.large"
  publicly_accessible = var.public
}

resource "aws_rds_cluster_instance" "private" {
  cluster_identifier  = var.cluster
  engine              = "aurora-postgresql"
  instance_class      = "db.r6g.large"
  publicly_accessible = false
}
