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

resource "aws_iam_policy" "scan" {
  policy = <<EOF
{
  "Statement": [{ "Effect": "Allow", "Action": "sqs:*", "Resource": "${aws_sqs_queue.scans.name}" }]
}
EOF
}
