variable "files" {}

resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = aws_iam_role.worker.arn
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "worker.zip"

  file_system_config {
    arn              = aws_efs_access_point.files.arn
    local_mount_path = "/mnt/files"
  }
}

resource "aws_efs_file_system" "files" {
}

resource "aws_efs_access_point" "files" {
  file_system_id = aws_efs_file_system.files.id
}

resource "aws_efs_file_system_policy" "files" {
  file_system_id = var.files
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "elasticfilesystem:Client*", Principal = { AWS = "arn:aws:iam::123456789012:role/importer" } }]
  })
}

