resource "aws_api_gateway_rest_api" "all" {
  for_each = toset(["orders", "users"])
  name     = each.key
}

resource "aws_api_gateway_deployment" "all" {
  for_each    = aws_api_gateway_rest_api.all
  rest_api_id = each.value.id
}

resource "aws_api_gateway_stage" "all" {
  for_each      = aws_api_gateway_rest_api.all
  rest_api_id   = each.value.id
  deployment_id = aws_api_gateway_deployment.all[each.key].id
  stage_name    = "prod"
}
