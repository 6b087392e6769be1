variable "given" {
  type      = string
  sensitive = true
}

variable "given_object" {
  type      = object({ inner = string })
  sensitive = true
}

variable "from_file" {
  type      = string
  sensitive = true
}

variable "from_auto_file" {
  type      = string
  ephemeral = true
}

variable "preset" {
  type      = string
  sensitive = true
  default   = "hush7-preset"
}

variable "short" {
  type      = string
  sensitive = true
  default   = "zq9"
}

variable "number" {
  type      = number
  sensitive = true
  default   = 770077
}

variable "unused" {
  type      = string
  sensitive = true
  default   = "hush7-unused"
}

variable "shown" {
  type    = string
  default = "plain7-variable"
}

variable "lifted" {
  type      = string
  sensitive = true
  default   = "plain7-lifted"
}

locals {
  object = { secret = var.given, open = "plain7-local" }
  words  = split("/", var.from_file)
}

module "child" {
  source   = "./child"
  password = "hush7-argument"
}

# Each of these roles is a name where an ARN has to be: the message would quote it.
resource "aws_lambda_function" "given" {
  function_name = "f-${var.given}"
  role          = var.given
}

resource "aws_lambda_function" "object" {
  function_name = "object"
  role          = var.given_object.inner
}

resource "aws_lambda_function" "word" {
  function_name = "word"
  role          = local.words[0]
}

resource "aws_lambda_function" "auto" {
  function_name = "auto"
  role          = var.from_auto_file
}

resource "aws_lambda_function" "preset" {
  function_name = "preset"
  role          = upper(var.preset)
}

resource "aws_lambda_function" "literal" {
  function_name = "literal"
  role          = sensitive("hush7-literal")
}

resource "aws_lambda_function" "short" {
  function_name = "short"
  role          = var.short
  memory_size   = var.number
}

resource "aws_lambda_function" "argument" {
  function_name = "argument"
  role          = module.child.password
}

resource "aws_lambda_function" "output" {
  function_name = "output"
  role          = module.child.output
}

resource "aws_lambda_function" "file" {
  function_name = "file"
  role          = trimspace(file("files/role.txt"))
}

resource "aws_lambda_function" "template" {
  function_name = "template"
  role          = templatefile("files/role.tftpl", { name = "x" })
}

resource "aws_lambda_function" "encoded" {
  function_name = "encoded"
  role          = filebase64("files/role.txt")
}

resource "aws_lambda_function" "shown" {
  function_name = "plain7-function"
  role          = var.shown
}

resource "aws_lambda_function" "local" {
  function_name = "local"
  role          = local.object.open
}

resource "aws_lambda_function" "lifted" {
  function_name = "lifted"
  role          = nonsensitive(var.lifted)
}

resource "aws_lambda_function" "environment" {
  function_name = "environment"
  role          = aws_iam_role.r.arn
  environment {
    variables = {
      LITERAL  = "hush7-environment"
      TABLE    = aws_dynamodb_table.orders.name
      URL      = "postgres://admin:hush7-url@${aws_db_instance.d.address}:5432/orders"
      GIVEN    = var.given
      SHORT    = "zq8"
      FROM_OWN = jsonencode({ key = var.preset })
    }
  }
}

resource "aws_iam_role" "r" {
  name               = "plain7-role"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_dynamodb_table" "orders" {
  name = "plain7-table"
}

resource "aws_sns_topic_subscription" "s" {
  topic_arn = "arn:aws:sns:eu-west-1:123456789012:t"
  protocol  = "sqs"
  endpoint  = "https://u:${var.given}@example.com/q"
}

resource "aws_db_instance" "d" {
  engine              = "postgres"
  password            = "hush7-attribute"
  publicly_accessible = true

  vpc_security_group_ids = [aws_security_group.g.id]
}

resource "aws_security_group" "g" {
  description = var.given
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_secretsmanager_secret_version" "v" {
  secret_id     = "x"
  secret_string = jsonencode({ p = "hush7-string", q = var.given })
}

resource "aws_lambda_function" "broken" {
  function_name = "broken"
  role          = templatefile("files/broken.tftpl", {})
}

resource "aws_lambda_function" "cut" {
  function_name = format("%s-%s-%s", var.unknown, sensitive("hush7-cut-off-somewhere-in-the-middle-of-it"), "x")
  role          = format("%s-%s-%s", var.unknown, sensitive("hush7-cut-off-somewhere-in-the-middle-of-it"), "x")
}

variable "unknown" {}
