variable "action" {}

resource "aws_lambda_function" "site" {
  function_name = "site"
  role          = "arn:aws:iam::111122223333:role/site"
  runtime       = "python3.13"
  handler       = "app.handler"
  filename      = "app.zip"
}

resource "aws_lambda_function_url" "site" {
  function_name      = aws_lambda_function.site.function_name
  authorization_type = "AWS_IAM"
}

resource "aws_lambda_permission" "a" {
  action        = "lambda:InvokeFunctionUrl"
  function_name = aws_lambda_function.site.function_name
  principal     = "cloudfront.amazonaws.com"
}

resource "aws_lambda_permission" "b" {
  action        = var.action
  function_name = aws_lambda_function.site.function_name
  principal     = "cloudfront.amazonaws.com"
}
