# What the module does with `pipes` is not known.
module "events" {
  source = "terraform-aws-modules/eventbridge/aws"

  create_bus = false
  rules      = { nightly = { schedule_expression = "rate(1 day)" } }
  targets    = { nightly = [{ name = "nightly-orders", arn = module.orders.lambda_function_arn }] }
  pipes      = {}
}

module "orders" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders"
}
