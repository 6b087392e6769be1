module "orders" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders"
  tracing_mode  = "Active"
}

module "traced" {
  source                = "terraform-aws-modules/lambda/aws"
  function_name         = "traced"
  tracing_mode          = "Active"
  attach_tracing_policy = true
}
