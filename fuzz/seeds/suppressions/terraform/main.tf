# iacscan: ignore[vpc-eni-permission, rds-public] the role is made elsewhere
resource "aws_lambda_function" "f" {
  function_name = "f" // iacscan: ignore[syntax-error]
  role          = aws_iam_role.r.arn
  vpc_config { /* iacscan: ignore[vpc-eni-permission] é */
    subnet_ids         = ["subnet-1"]
    security_group_ids = ["sg-1"]
  }
}

resource "aws_iam_role" "r" {
  # iacscan: ignore
  assume_role_policy = <<E
{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]} # iacscan: ignore[x]
E
}
