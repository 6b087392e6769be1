# Any tracing mode makes the module attach the policy for X-Ray.
module "orders" {
  source              = "cloudposse/lambda-function/aws"
  function_name       = "orders"
  tracing_config_mode = "Active"
}
