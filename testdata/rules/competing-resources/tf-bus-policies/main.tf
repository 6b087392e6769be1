resource "aws_cloudwatch_event_bus" "main" {
  name = "main"
}

resource "aws_cloudwatch_event_permission" "a" {
  principal      = "111122223330"
  statement_id   = "a"
  event_bus_name = aws_cloudwatch_event_bus.main.name
}

resource "aws_cloudwatch_event_permission" "b" {
  principal      = "111122223331"
  statement_id   = "b"
  event_bus_name = aws_cloudwatch_event_bus.main.name
}
