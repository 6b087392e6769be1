data "aws_lambda_function" "authorizer" {
  function_name = "authorizer"
}

resource "aws_lambda_permission" "events" {
  action        = "lambda:InvokeFunction"
  function_name = data.aws_lambda_function.authorizer.arn
  principal     = "events.amazonaws.com"
  source_arn    = "arn:aws:events:us-west-2:222233334444:rule/nightly"
}
