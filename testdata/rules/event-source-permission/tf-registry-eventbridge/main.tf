module "events" {
  source = "terraform-aws-modules/eventbridge/aws"

  create_bus = false
  rules = {
    nightly = { schedule_expression = "rate(1 day)" }
    hourly  = { schedule_expression = "rate(1 hour)" }
  }
  targets = {
    nightly = [{ name = "nightly-orders", arn = module.orders.lambda_function_arn }]
    hourly  = [{ name = "hourly-orders", arn = module.orders.lambda_function_arn }]
  }
}

module "orders" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders"
  publish       = true
  allowed_triggers = {
    nightly = { service = "events", source_arn = module.events.eventbridge_rule_arns["nightly"] }
  }
}
