data "aws_lambda_function" "site" {
  function_name = "site"
}

resource "aws_lambda_function_url" "site" {
  function_name      = data.aws_lambda_function.site.function_name
  authorization_type = "AWS_IAM"
}

resource "aws_lambda_permission" "a" {
  action        = "lambda:InvokeFunctionUrl"
  function_name = data.aws_lambda_function.site.function_name
  principal     = "cloudfront.amazonaws.com"
}
