resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = "arn:aws:iam::123456789012:role/worker"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "worker.zip"
}

resource "aws_cognito_user_pool" "users" {
  name = "users"

  lambda_config {
    pre_sign_up       = aws_lambda_function.worker.invoke_arn
    post_confirmation = aws_lambda_function.worker.arn
    kms_key_id        = "arn:aws:kms:eu-west-1:123456789012:key/6b1f9b7c"
  }
}
