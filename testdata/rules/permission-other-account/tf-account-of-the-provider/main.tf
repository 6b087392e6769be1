provider "aws" {
  alias               = "shop"
  region              = "us-west-2"
  allowed_account_ids = ["222233334444"]
}

resource "aws_lambda_permission" "events" {
  provider      = aws.shop
  action        = "lambda:InvokeFunction"
  function_name = "arn:aws:lambda:us-west-2:210987654321:function:authorizer"
  principal     = "events.amazonaws.com"
  source_arn    = "arn:aws:events:us-west-2:222233334444:rule/nightly"
}
