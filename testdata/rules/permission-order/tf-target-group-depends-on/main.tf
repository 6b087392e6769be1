resource "aws_lb_target_group" "worker" {
  name        = "worker"
  target_type = "lambda"
}

resource "aws_lb_target_group_attachment" "worker" {
  depends_on = [aws_lambda_permission.worker]

  target_group_arn = aws_lb_target_group.worker.arn
  target_id        = aws_lambda_function.worker.arn
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = "arn:aws:iam::123456789012:role/worker"
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = "worker.zip"
}

resource "aws_lambda_permission" "worker" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.worker.function_name
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = aws_lb_target_group.worker.arn
}
