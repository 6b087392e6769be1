locals {
  p = jsonencode({
    Version = "2012-10-17"
    Statement = [for a in ["s3:Get*"] : { Effect = "Allow", Action = a, Resource = "*", Condition = { StringEquals = { "aws:x" = "$${aws:username}" } } }]
  })
  q = <<JSON
{"a": "${local.r}", "b": "$${aws:username}", "c": "%%{x}"}
JSON
  r = "x"
}
