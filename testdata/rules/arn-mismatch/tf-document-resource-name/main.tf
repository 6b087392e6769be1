resource "aws_iam_role" "scan" {
  name               = "scan"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_s3_bucket" "scans" {
  bucket = "scans"
}

resource "aws_sqs_queue" "scans" {
  name = "scans"
}

resource "aws_sns_topic" "scans" {
}

data "aws_iam_policy_document" "scan" {
  statement {
    actions = ["s3:GetObject"]
    resources = [
      aws_s3_bucket.scans.arn,
      aws_s3_bucket.scans.bucket,
    ]
  }
}

resource "aws_iam_role_policy" "scan" {
  role   = aws_iam_role.scan.id
  policy = data.aws_iam_policy_document.scan.json
}
