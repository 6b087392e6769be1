variable "stages" { default = "dev,live" }
variable "lambda_name" { default = "ledger" }
resource "aws_iam_role" "l" {
  name = "l"
  assume_role_policy = "${file("${path.module}/trust.json")}"
}
resource "aws_iam_policy" "l" {
  policy = "${file("policy.json")}"
}
resource "aws_iam_role_policy_attachment" "l" {
  role       = "${aws_iam_role.l.name}"
  policy_arn = "${aws_iam_policy.l.arn}"
}
resource "aws_lambda_function" "l" {
  function_name = "${var.lambda_name}"
  role          = "${aws_iam_role.l.arn}"
  runtime       = "python3.8"
  handler       = "a.b"
  filename      = "a.zip"
  publish       = "true"
}
resource "aws_lambda_alias" "l" {
  count            = "${length(split(",", var.stages))}"
  name             = "${element(split(",", var.stages), count.index)}"
  function_name    = "${aws_lambda_function.l.arn}"
  function_version = "${aws_lambda_function.l.version}"
}
resource "aws_api_gateway_rest_api" "l" { name = "l" }
resource "aws_api_gateway_resource" "entries" {
  rest_api_id = "${aws_api_gateway_rest_api.l.id}"
  parent_id   = "${aws_api_gateway_rest_api.l.root_resource_id}"
  path_part   = "entries"
}
resource "aws_api_gateway_resource" "entry" {
  rest_api_id = "${aws_api_gateway_rest_api.l.id}"
  parent_id   = "${aws_api_gateway_resource.entries.id}"
  path_part   = "{entryId}"
}
resource "aws_api_gateway_method" "entry" {
  rest_api_id   = "${aws_api_gateway_rest_api.l.id}"
  resource_id   = "${aws_api_gateway_resource.entry.id}"
  http_method   = "GET"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "entry" {
  rest_api_id             = "${aws_api_gateway_rest_api.l.id}"
  resource_id             = "${aws_api_gateway_resource.entry.id}"
  http_method             = "${aws_api_gateway_method.entry.http_method}"
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = "arn:aws:apigateway:${data.aws_region.c.name}:lambda:path/2015-03-31/functions/arn:aws:lambda:${data.aws_region.c.name}:${data.aws_caller_identity.c.account_id}:function:${var.lambda_name}:$${stageVariables.alias}/invocations"
}
data "aws_region" "c" {}
data "aws_caller_identity" "c" {}
resource "aws_api_gateway_deployment" "l" {
  count       = 2
  depends_on  = ["aws_api_gateway_integration.entry"]
  rest_api_id = "${aws_api_gateway_rest_api.l.id}"
  stage_name  = "${element(split(",", var.stages), count.index)}"
  variables   = "${map("alias", element(split(",", var.stages), count.index), "hash", timestamp())}"
}
resource "aws_lambda_permission" "l" {
  statement_id  = "AllowExecutionFromAPIGateway"
  action        = "lambda:InvokeFunction"
  function_name = "${aws_lambda_function.l.arn}"
  principal     = "apigateway.amazonaws.com"
  qualifier     = "${element(split(",", var.stages), 0)}"
  source_arn    = "arn:aws:execute-api:${data.aws_region.c.name}:${data.aws_caller_identity.c.account_id}:${aws_api_gateway_rest_api.l.id}/*/${aws_api_gateway_method.entry.http_method}${aws_api_gateway_resource.entry.path}"
}
