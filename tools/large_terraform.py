#!/usr/bin/env python3
"""Writes a large Terraform root module, for measuring: N modules, each over `for_each` three levels deep, 100 resources a module.

usage: large_terraform.py FOLDER [N]     (N is 200 by default: 20,000 resources)

    large_terraform.py /tmp/large 200 && /usr/bin/time -v iacscan --quiet /tmp/large
"""
import pathlib, sys

ROOT = """\
variable "stages" {{
  default = {{ dev = {{ teams = ["a", "b"] }}, prod = {{ teams = ["c", "d"] }} }}
}}

{calls}"""

CALL = """\
module "service{i}" {{
  source   = "./service{i}"
  for_each = var.stages
  name     = "service{i}-${{each.key}}"
  teams    = each.value.teams
}}
"""

SERVICE = """\
variable "name" {}
variable "teams" { type = list(string) }

module "team" {
  source   = "../team"
  for_each = toset(var.teams)
  prefix   = "${var.name}-${each.value}"
  jobs     = { for n in range(8) : format("job%02d", n) => { timeout = n + 3, queue = "${var.name}-${each.value}-${n}" } }
}

output "functions" { value = { for team, m in module.team : team => m.arns } }
"""

TEAM = """\
variable "prefix" {}
variable "jobs" { type = map(object({ timeout = number, queue = string })) }

resource "aws_iam_role" "jobs" {
  name               = "${var.prefix}-jobs"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
  managed_policy_arns = ["arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"]
}

resource "aws_sqs_queue" "jobs" {
  for_each                   = var.jobs
  name                       = each.value.queue
  visibility_timeout_seconds = each.value.timeout * 6
}

resource "aws_lambda_function" "jobs" {
  for_each      = var.jobs
  function_name = "${var.prefix}-${each.key}"
  role          = aws_iam_role.jobs.arn
  handler       = "app.handler"
  runtime       = "python3.12"
  filename      = "app.zip"
  timeout       = each.value.timeout
  environment { variables = { QUEUE = aws_sqs_queue.jobs[each.key].url } }
}

resource "aws_lambda_event_source_mapping" "jobs" {
  for_each         = var.jobs
  function_name    = aws_lambda_function.jobs[each.key].arn
  event_source_arn = aws_sqs_queue.jobs[each.key].arn
}

output "arns" { value = { for k, f in aws_lambda_function.jobs : k => f.arn } }
"""

folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200
files = {"main.tf": ROOT.format(calls="\n".join(CALL.format(i=i) for i in range(count))), "team/main.tf": TEAM}
files.update({f"service{i}/main.tf": SERVICE for i in range(count)})
for name, text in files.items():
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
print(f"{count} modules, {count * 2 * 2 * (1 + 3 * 8)} resources")
