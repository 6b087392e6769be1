variable "api_id" {}
variable "deployment" {}
variable "function" {}
variable "name" {}
variable "source_arn" {}
resource "aws_lambda_alias" "this" {
  name             = upper(var.name)
  function_name    = var.function
  function_version = "1"
}
resource "aws_api_gateway_stage" "this" {
  rest_api_id   = var.api_id
  deployment_id = var.deployment
  stage_name    = var.name
  variables     = { lambda_alias = aws_lambda_alias.this.name }
}
resource "aws_lambda_permission" "this" {
  action        = "lambda:InvokeFunction"
  function_name = "${var.function}:${aws_lambda_alias.this.name}"
  principal     = "apigateway.amazonaws.com"
  source_arn    = var.source_arn
}
