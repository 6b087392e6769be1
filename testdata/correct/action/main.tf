action "aws_lambda_invoke" "warm" {
  for_each = toset(["a", "b"])
  config {
    function_name = "f-${each.key}"
    payload       = jsonencode({ k = each.value })
  }
}
action "local_command" "x" {
  config { command = "true" }
}
resource "terraform_data" "t" {
  count = 2
  input = count.index
  lifecycle {
    action_trigger {
      events    = [after_create, after_update]
      condition = self.output != null
      actions   = [action.aws_lambda_invoke.warm["a"], action.local_command.x]
    }
  }
}
