resource "aws_iam_role" "api" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["apigateway.amazonaws.com"] } }]
  })
}

resource "aws_apigatewayv2_api" "shop" {
  name          = "shop"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "start" {
  api_id              = aws_apigatewayv2_api.shop.id
  integration_type    = "AWS_PROXY"
  integration_subtype = "StepFunctions-StartExecution"
  credentials_arn     = aws_iam_role.api.arn

  request_parameters = {
    StateMachineArn = aws_sfn_state_machine.flow.arn
    Input           = "$request.body"
  }
}

resource "aws_apigatewayv2_route" "start" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "POST /start"
  target    = "integrations/${aws_apigatewayv2_integration.start.id}"
}

resource "aws_sfn_state_machine" "flow" {
  name       = "flow"
  role_arn   = "arn:aws:iam::123456789012:role/flow"
  definition = jsonencode({ StartAt = "A", States = { A = { Type = "Pass", End = true } } })
}

resource "aws_iam_role_policy" "api" {
  role = aws_iam_role.api.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "states:StartExecution", Resource = "arn:aws:states:eu-west-1:123456789012:stateMachine:other" }]
  })
}
