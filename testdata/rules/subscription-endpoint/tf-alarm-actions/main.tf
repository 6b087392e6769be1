resource "aws_sns_topic" "orders" {
  name = "orders"
}

resource "aws_sqs_queue" "orders" {
  name = "orders"
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "errors"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.orders.arn, aws_sqs_queue.orders.arn, aws_autoscaling_policy.up.arn]
  ok_actions          = [aws_sns_topic.orders.name]
}

resource "aws_autoscaling_policy" "up" {
  name = "up"
}
