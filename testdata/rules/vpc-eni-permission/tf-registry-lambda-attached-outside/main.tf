# The policy is attached beside the call, by the name that the module gives out.
module "orders" {
  source = "terraform-aws-modules/lambda/aws"

  function_name          = "orders"
  vpc_subnet_ids         = ["subnet-0a"]
  vpc_security_group_ids = ["sg-0a"]
}

resource "aws_iam_role_policy_attachment" "vpc" {
  role       = module.orders.lambda_role_name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}
