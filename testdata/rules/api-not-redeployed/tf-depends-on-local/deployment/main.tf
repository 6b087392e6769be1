variable "api" {}
variable "after" {}

resource "aws_api_gateway_deployment" "live" {
  rest_api_id = var.api

  triggers = {
    redeployment = timestamp()
  }

  depends_on = [var.after]
}
