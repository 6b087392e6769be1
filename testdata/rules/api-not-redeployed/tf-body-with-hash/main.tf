resource "aws_api_gateway_rest_api" "pets" {
  name = "pets"
  body = jsonencode({ openapi = "3.0.1" })
}

resource "aws_api_gateway_deployment" "pets" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  triggers    = { body = sha1(jsonencode(aws_api_gateway_rest_api.pets.body)) }
}
