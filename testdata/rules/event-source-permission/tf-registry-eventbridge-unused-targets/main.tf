provider "aws" { region = "us-east-1" }
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
  handler       = "a.b"
  runtime       = "python3.12"
  filename      = "x.zip"
}
module "eb" {
  source     = "terraform-aws-modules/eventbridge/aws"
  version    = "3.0.0"
  create_bus = false
  rules      = { crons = { schedule_expression = "rate(1 hour)" } }
  targets = {
    crons  = [{ name = "f", arn = aws_lambda_function.f.arn }]
    unused = [{ name = "g", arn = aws_lambda_function.f.arn }]
  }
}
resource "aws_lambda_permission" "p" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.function_name
  principal     = "events.amazonaws.com"
  source_arn    = module.eb.eventbridge_rule_arns["crons"]
}
