resource "aws_sns_topic" "t" {
  name = "t"
}

resource "aws_sns_topic_subscription" "s0" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "sqs"
  endpoint  = "https://sqs.eu-west-1.amazonaws.com/348761290745/your-orders"
}

resource "aws_sns_topic_subscription" "s1" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "sqs"
  endpoint  = "https://sqs.eu-west-1.amazonaws.com/348761290745/REPLACE_ME"
}

resource "aws_sns_topic_subscription" "s2" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "sqs"
  endpoint  = "https://sqs.eu-west-1.amazonaws.com/348761290745/change-me-queue"
}

resource "aws_sns_topic_subscription" "s3" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "sqs"
  endpoint  = "https://sqs.eu-west-1.amazonaws.com/348761290745/xxx"
}

resource "aws_sns_topic_subscription" "s4" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "sqs"
  endpoint  = "https://sqs.eu-west-1.amazonaws.com/348761290745/none"
}
