resource "aws_iot_topic_rule" "temperature" {
  name        = "temperature"
  enabled     = true
  sql         = "SELECT * FROM 'x'"
  sql_version = "2016-03-23"

  lambda {
    function_arn = aws_lambda_function.worker.arn
  }
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
  principal     = "iot.amazonaws.com"
  source_arn    = aws_iot_topic_rule.temperature.arn
}
