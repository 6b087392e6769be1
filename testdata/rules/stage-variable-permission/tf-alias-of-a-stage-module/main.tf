resource "aws_iam_role" "wiki" {
  name               = "wiki-exec"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "wiki_logs" {
  role       = aws_iam_role.wiki.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_lambda_function" "wiki" {
  function_name = "wiki"
  role          = aws_iam_role.wiki.arn
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "${path.module}/wiki.zip"
  publish       = true
}
resource "aws_api_gateway_rest_api" "wiki" { name = "wiki" }
resource "aws_api_gateway_resource" "page" {
  rest_api_id = aws_api_gateway_rest_api.wiki.id
  parent_id   = aws_api_gateway_rest_api.wiki.root_resource_id
  path_part   = "{page+}"
}
resource "aws_api_gateway_method" "page" {
  rest_api_id   = aws_api_gateway_rest_api.wiki.id
  resource_id   = aws_api_gateway_resource.page.id
  http_method   = "ANY"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "page" {
  rest_api_id             = aws_api_gateway_rest_api.wiki.id
  resource_id             = aws_api_gateway_resource.page.id
  http_method             = aws_api_gateway_method.page.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${aws_lambda_function.wiki.arn}:$${stageVariables.lambda_alias}/invocations"
}
resource "aws_api_gateway_deployment" "wiki" {
  rest_api_id = aws_api_gateway_rest_api.wiki.id
  triggers    = { redeploy = sha1(jsonencode([aws_api_gateway_integration.page])) }
  lifecycle { create_before_destroy = true }
}
module "stage" {
  for_each   = toset(["beta", "prod"])
  source     = "./stage"
  api_id     = aws_api_gateway_rest_api.wiki.id
  source_arn = "${aws_api_gateway_rest_api.wiki.execution_arn}/beta/*/*"
  deployment = aws_api_gateway_deployment.wiki.id
  function   = aws_lambda_function.wiki.function_name
  name       = each.key
}
