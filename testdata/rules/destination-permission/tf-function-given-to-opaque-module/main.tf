resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_lambda_function" "f" {
  function_name = "worker"
  role          = aws_iam_role.r.arn
}

resource "aws_lambda_function" "next" {
  function_name = "next-step"
  role          = aws_iam_role.r.arn
}

resource "aws_lambda_function_event_invoke_config" "f" {
  function_name = aws_lambda_function.f.function_name
  destination_config {
    on_success { destination = aws_lambda_function.next.arn }
  }
}

module "permission" {
  source = "git::https://git.example.com/modules/permission.git"
  function_name = aws_lambda_function.next.function_name
}
