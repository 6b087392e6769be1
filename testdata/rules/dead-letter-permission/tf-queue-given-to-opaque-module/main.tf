resource "aws_sqs_queue" "failed" {
  name = "failed-orders"
}

resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
  dead_letter_config { target_arn = aws_sqs_queue.failed.arn }
}

module "queue_policy" {
  source = "git::https://git.example.com/modules/queue_policy.git"
  queue_url = aws_sqs_queue.failed.id
}
