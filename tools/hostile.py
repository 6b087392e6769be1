#!/usr/bin/env python3
"""Inputs of at most 1 MB that are made to hurt: one for each limit, and for each walk that could be quadratic.

usage: hostile.py FOLDER [NAME…]                 writes them, each into a folder of its own
       hostile.py IACSCAN --measure [NAME…]      writes them into a temporary folder and scans each

Measuring prints CPU seconds and the most memory that each scan took, and fails where one takes more than 10 s or 500 MiB, is
ended by a signal, or says nothing of the limit that it ran into (see `docs/limits.md`).
"""
import json, os, pathlib, re, subprocess, sys, tempfile

SECONDS, MEBIBYTES, BYTES = 10, 500, 1_000_000
INPUTS = {}


def hostile(says=""):
    """An input: a function that gives the texts of its files. `says`: what its scan must say, where it runs into a limit."""
    def add(make):
        INPUTS[make.__name__.replace("_", "-")] = (make, says)
        return make
    return add


def template(resources, **sections):
    return {"t.json": json.dumps({**sections, "Resources": resources}, separators=(",", ":"))}


def sam(resources, **sections):
    return template(resources, Transform="AWS::Serverless-2016-10-31", **sections)


QUEUE = {"Type": "AWS::SQS::Queue"}
CODE = {"Handler": "a.b", "Runtime": "python3.13", "InlineCode": "x"}
STEPS = "not evaluated any further"
# A list of 20,000 texts.
LONG = 'locals {\n  l = flatten([for i in range(1000) : [for j in range(20) : "${i}-${j}"]])\n}\n'


def per_element(expression, more=""):
    """A queue whose name takes a computation for each of 20,000 elements."""
    return {"main.tf": LONG + more + 'resource "aws_sqs_queue" "q" {\n  name = length([for x in local.l : %s])\n}\n' % expression}


# Terraform: steps and memory

for name, expression in {
    "sort": "sort(local.l)[0]", "join": 'join(",", local.l)', "jsonencode": "jsonencode(local.l)", "toset": "toset(local.l)",
    "regexall": 'regexall("[0-9]+-(1|2)*", join(",", local.l))', "replace": 'replace(join(",", local.l), "/1+/", "22")',
    "sha512": 'sha512(join(",", local.l))', "split": 'split(",", join(",", local.l))', "base64gzip": 'base64gzip(join(",", local.l))',
    "splat": "local.l[*]", "for": "[for y in local.l : y]", "template": '"${join(",", local.l)}${x}"', "concat": "concat(local.l, [x])",
    "reverse": "reverse(local.l)", "flatten": "flatten([local.l, [local.l]])", "setunion": "setunion(local.l, [x])",
    "distinct": "distinct(local.l)", "contains": "contains(local.l, x)", "formatlist": 'formatlist("%s-%s", local.l, x)',
    "zipmap": "zipmap(local.l, local.l)", "merge": "merge(zipmap(local.l, local.l), { a = x })", "range": "range(1000)",
    "yamlencode": "yamlencode(local.l)", "jsondecode": "jsondecode(jsonencode(local.l))", "index": "index(local.l, x)",
    "equals": "local.l == [x]", "equals-itself": "local.l == local.l", "conditional": "x == \"a\" ? local.l : [x]", "length": "length(local.l)",
    "chunklist": "chunklist(local.l, 2)", "slice": "slice(local.l, 0, 19000)", "coalescelist": "coalescelist(local.l, [x])",
    "templatestring": "templatestring(local.t, { l = local.l })", "element": "element(local.l, 3)", "tolist": "tolist(local.l)[0]",
    "cidrsubnets": "cidrsubnets(\"10.0.0.0/8\", [for i in range(200) : 16]...)", "cidrsubnet": 'cidrsubnet("10.0.0.0/8", 16, 5)',
    "lookup": 'lookup(zipmap(local.l, local.l), x, "")', "keys": "keys(zipmap(local.l, local.l))", "format": 'format("%s%s", x, join(",", local.l))',
    "csvdecode": 'csvdecode(join("\\n", local.l))', "try": "try(local.l[99999], sort(local.l))", "nfc": 'upper(join("é", local.l))',
}.items():
    make = lambda expression=expression: per_element(expression, 'locals {\n  t = "%{ for x in l }${x}%{ endfor }"\n}\n')
    make.__name__ = "steps_" + name
    hostile()(make)


@hostile(STEPS)
def steps_loops():
    return {"main.tf": 'resource "aws_sqs_queue" "q" {\n  name = length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a + b * c]]])\n}\n'}


@hostile(STEPS)
def steps_in_every_resource():
    return {"main.tf": LONG + "".join(f'resource "aws_sqs_queue" "q{i}" {{\n  name = length([for x in local.l : sort(local.l)[0]])\n}}\n' for i in range(5000))}


@hostile(STEPS)
def memory_splats():
    return {"main.tf": 'locals {\n  l = flatten([for i in range(1000) : [for j in range(20) : { a = "${i}-${j}" }]])\n}\n'
            'resource "aws_sqs_queue" "q" {\n  name = length([for x in local.l : local.l[*].a])\n}\n'}


@hostile()
def memory_kept():
    return {"main.tf": "".join(f'locals {{\n  l{i} = [for a in range(1000) : [for b in range(100) : "${{a}}-${{b}}-{i}-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]]\n}}\n' for i in range(3000))
            + "".join(f'resource "aws_sqs_queue" "q{i}" {{\n  name = length(local.l{i})\n}}\n' for i in range(3000))}


@hostile()
def memory_texts():
    return {"main.tf": 'locals {\n  t = join("", [for a in range(1000) : join("", [for b in range(1000) : "0123456789"])])\n'
            '  l = [for i in range(1000) : "${local.t}${i}"]\n}\nresource "aws_sqs_queue" "q" {\n  name = length(local.l)\n}\n'}


@hostile()
def doubling():
    lines = ['  a0 = ["x", "y"]'] + [f"  a{i} = [local.a{i - 1}, local.a{i - 1}]" for i in range(1, 5000)]
    return {"main.tf": "locals {\n" + "\n".join(lines) + '\n}\nresource "aws_sqs_queue" "q" {\n  name = jsonencode(local.a4999)\n}\n'}


@hostile()
def doubling_text():
    lines = ['  a0 = "x"'] + [f'  a{i} = "${{local.a{i - 1}}}${{local.a{i - 1}}}"' for i in range(1, 5000)]
    return {"main.tf": "locals {\n" + "\n".join(lines) + '\n}\nresource "aws_sqs_queue" "q" {\n  name = local.a4999\n}\n'}


@hostile()
def doubling_unknown():
    lines = ['  a0 = var.x'] + [f'  a{i} = "${{local.a{i - 1}}}${{local.a{i - 1}}}"' for i in range(1, 5000)]
    return {"main.tf": 'variable "x" {}\nlocals {\n' + "\n".join(lines) + '\n}\nresource "aws_sqs_queue" "q" {\n  name = local.a4999\n}\n'}


@hostile()
def setproduct():
    return {"main.tf": 'resource "aws_sqs_queue" "q" {\n  for_each = toset([for x in setproduct(range(1000), range(1000), range(1000)) : join("", x)])\n}\n'}


@hostile()
def setproducts():
    return {"main.tf": 'locals {\n  s = [for i in range(1000) : setproduct(range(250), range(250))]\n}\nresource "aws_sqs_queue" "q" {\n  name = length(local.s)\n}\n'}


# Terraform: instances

@hostile("more than 200000 resources")
def count_in_counted_module():
    return {"main.tf": 'module "m" {\n  source = "./m"\n  count = 5000\n}\n', "m/main.tf": 'resource "aws_sqs_queue" "q" {\n  count = 5000\n}\n'}


@hostile("more than 200000 resources")
def counts_in_counted_modules():
    return {"main.tf": "".join(f'module "m{i}" {{\n  source = "./m"\n  count = 5000\n}}\n' for i in range(10)),
            "m/main.tf": "".join(f'resource "aws_sqs_queue" "q{i}" {{\n  count = 5000\n}}\n' for i in range(10))}


@hostile("more than 20000 module instances")
def shared_modules():
    files = {"main.tf": 'module "a" {\n  source = "./m0"\n}\nmodule "b" {\n  source = "./m0"\n}\n'}
    for i in range(30):
        files[f"m{i}/main.tf"] = "".join(f'module "{c}" {{\n  source = "../m{i + 1}"\n}}\n' for c in "ab") if i < 29 else 'resource "aws_sqs_queue" "q" {}\n'
    return files


@hostile("modules are called more than")
def module_chain():
    return {"main.tf": 'module "a" {\n  source = "./m0"\n}\n'} | {f"m{i}/main.tf": f'module "a" {{\n  source = "../m{i + 1}"\n}}\nresource "aws_sqs_queue" "q" {{}}\n' for i in range(100)}


@hostile("5000")
def large_count():
    return {"main.tf": 'resource "aws_sqs_queue" "q" {\n  count = 1000000\n}\n'}


@hostile()
def self_collection():
    return {"main.tf": "".join(f'resource "aws_db_instance" "r{i}" {{\n  count = 5000\n  tags = {{ a = aws_db_instance.r{i} }}\n}}\n' for i in range(10))}


@hostile()
def other_collection():
    return {"main.tf": "".join(f'resource "aws_db_instance" "r{i}" {{\n  count = 5000\n  tags = {{ a = aws_db_instance.r{i + 1}[*].arn }}\n}}\n' for i in range(9))
            + 'resource "aws_db_instance" "r9" {\n  count = 5000\n}\n'}


@hostile()
def module_collection():
    return {"main.tf": 'module "m" {\n  source = "./m"\n  count = 2000\n}\nresource "aws_sqs_queue" "q" {\n  count = 5000\n  name = join("", module.m[*].o)\n}\n',
            "m/main.tf": 'output "o" {\n  value = "x"\n}\n'}


@hostile()
def depends_on_all():
    return {"main.tf": "".join(f'resource "aws_sqs_queue" "r{i}" {{\n  count = 5000\n  depends_on = [aws_sqs_queue.r{i + 1}]\n}}\n' for i in range(20))}


def same_names(functions, roles, policies):
    trust = 'assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })'
    return {"main.tf": f'''variable "n" {{}}
resource "aws_lambda_function" "f" {{
  count         = {functions}
  function_name = var.n
  role          = aws_iam_role.r[count.index].arn
}}
resource "aws_iam_role" "r" {{
  count              = {roles}
  name               = var.n
  {trust}
}}
resource "aws_iam_role_policy" "p" {{
  count  = {policies}
  role   = aws_iam_role.r[count.index].name
  policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = ["logs:*"], Resource = "*" }}] }})
}}
'''}


@hostile()
def same_name():
    return same_names(800, 800, 800)


@hostile()
def same_name_5000():
    return same_names(5000, 5000, 5000)


@hostile()
def registry_modules():
    return {"main.tf": 'module "m" {\n  source = "terraform-aws-modules/lambda/aws"\n  count = 400\n}\n'}


@hostile()
def registry_modules_5000():
    return {"main.tf": 'module "m" {\n  source = "terraform-aws-modules/lambda/aws"\n  count = 5000\n}\n'}


@hostile()
def same_permissions():
    return {"main.tf": '''variable "n" {}
resource "aws_lambda_function" "f" {
  count         = 3000
  function_name = var.n
}
resource "aws_lambda_permission" "p" {
  count         = 3000
  function_name = var.n
  action        = "lambda:InvokeFunction"
  principal     = "s3.amazonaws.com"
  source_arn    = var.n
}
resource "aws_s3_bucket" "b" {
  count  = 3000
  bucket = var.n
}
resource "aws_s3_bucket_notification" "n" {
  count  = 3000
  bucket = var.n
  lambda_function {
    lambda_function_arn = aws_lambda_function.f[count.index].arn
    events              = ["s3:ObjectCreated:*"]
  }
}
'''}


@hostile()
def network():
    return {"main.tf": '''variable "n" {}
resource "aws_security_group" "g" {
  count  = 2000
  vpc_id = var.n
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.${count.index % 256}.0.0/16"]
  }
}
resource "aws_security_group_rule" "r" {
  count                    = 2000
  type                     = "ingress"
  from_port                = 5432
  to_port                  = 5432
  protocol                 = "tcp"
  security_group_id        = var.n
  source_security_group_id = aws_security_group.g[count.index].id
}
resource "aws_subnet" "s" {
  count      = 2000
  vpc_id     = var.n
  cidr_block = cidrsubnet("10.0.0.0/8", 16, count.index)
}
resource "aws_db_instance" "d" {
  count                  = 2000
  vpc_security_group_ids = [aws_security_group.g[count.index].id]
}
resource "aws_lambda_function" "f" {
  count         = 2000
  function_name = "f${count.index}"
  vpc_config {
    subnet_ids         = [aws_subnet.s[count.index].id]
    security_group_ids = [aws_security_group.g[count.index].id]
  }
  environment { variables = { DB = aws_db_instance.d[count.index].address } }
}
'''}


# Terraform: syntax

@hostile()
def heredocs():
    return {"main.tf": "x = <<E\n" * 110000}


@hostile()
def heredocs_distinct():
    return {"main.tf": "".join(f"x = <<E{i}\n" for i in range(70000))}


@hostile()
def heredocs_empty():
    return {"main.tf": "locals {\n" + "".join(f"x{i} = <<E\nE\n" for i in range(60000)) + "}\n"}


@hostile()
def heredocs_in_for():
    return {"main.tf": "locals {\n x = { for k in y : k =>\n" + "<<E\n" * 200000 + "}\n}\n"}


@hostile()
def comments_open():
    return {"main.tf": "locals {\n x = { for k in y : k =>\n" + "/*" * 400000 + "}\n}\n"}


@hostile()
def broken_blocks():
    return {"main.tf": 'resource "a" "b" {\n x = \n}\n' * 35000}


@hostile()
def duplicate_attributes():
    return {"main.tf": 'resource "aws_sqs_queue" "q" {\n' + "  name = 1\n" * 90000 + "}\n"}


@hostile()
def duplicate_blocks():
    return {"main.tf": 'resource "aws_sqs_queue" "q" {}\n' * 30000}


@hostile()
def duplicate_locals():
    return {"main.tf": "locals {\n  a = 1\n}\n" * 45000}


@hostile()
def suppressions_hcl():
    return {"main.tf": "# iacscan:ignore lambda-permission -- x\n" * 20000}


@hostile()
def comments_hcl():
    return {"main.tf": "#\n" * 490000 + 'resource "aws_sqs_queue" "q" {}\n'}


@hostile()
def undeclared():
    return {"main.tf": 'resource "aws_sqs_queue" "q" {\n  name = [' + "local.a, " * 100000 + "]\n}\n"}


@hostile()
def undeclared_distinct():
    return {"main.tf": 'resource "aws_sqs_queue" "q" {\n  name = [' + ", ".join(f"local.a{i}" for i in range(65000)) + "]\n}\n"}


@hostile()
def local_chain():
    lines = ["  a0 = 1"] + [f"  a{i} = local.a{i - 1} + 1" for i in range(1, 30000)]
    return {"main.tf": "locals {\n" + "\n".join(lines) + '\n}\nresource "aws_sqs_queue" "q" {\n  name = local.a29999\n}\n'}


@hostile()
def resource_chain():
    return {"main.tf": 'resource "aws_sqs_queue" "q0" {}\n' + "".join(f'resource "aws_sqs_queue" "q{i}" {{\n  tags = {{ a = aws_sqs_queue.q{i - 1}.tags }}\n}}\n' for i in range(1, 12000))}


@hostile()
def resource_cycle():
    return {"main.tf": "".join(f'resource "aws_sqs_queue" "q{i}" {{\n  name = aws_sqs_queue.q{(i + 1) % 12000}.arn\n}}\n' for i in range(12000))}


@hostile()
def depends_on_chain():
    return {"main.tf": 'resource "aws_sqs_queue" "q0" {}\n' + "".join(f'resource "aws_sqs_queue" "q{i}" {{\n  depends_on = [aws_sqs_queue.q{i - 1}]\n}}\n' for i in range(1, 12000))}


@hostile()
def long_lines_hcl():
    return {"main.tf": "locals { x = [" + ",".join(["aws_x.y"] * 120000) + "] }\n"}


@hostile()
def long_line_json_tf():
    return {"main.tf.json": json.dumps({"resource": {"aws_sqs_queue": {f"q{i}": {"name": "${local.x}"} for i in range(25000)}}}, separators=(",", ":"))}


@hostile()
def variables_conditions():
    return {"main.tf": 'variable "x" {}\nlocals {\n' + "\n".join(f'  a{i} = var.x == "{i}" ? local.a{i + 1} : "{i}"' for i in range(15000))
            + '\n  a15000 = 1\n}\nresource "aws_sqs_queue" "q" {\n  name = local.a0\n}\n'}


@hostile()
def alternatives():
    lines = [f'variable "v{i}" {{\n  type = bool\n}}' for i in range(2000)]
    name = "".join(f'${{var.v{i} ? "a" : "b"}}' for i in range(2000))
    return {"main.tf": "\n".join(lines) + f'\nresource "aws_sqs_queue" "q" {{\n  name = "{name}"\n}}\n'}


@hostile()
def conditional_counts():
    return {"main.tf": "".join(f'variable "v{i}" {{}}\nresource "aws_iam_role" "r{i}" {{\n  count = var.v{i} ? 1 : 0\n  name = var.v{i} ? "a" : "b"\n}}\n'
                               f'resource "aws_iam_role_policy" "p{i}" {{\n  count = var.v{i} ? 0 : 1\n  role = one(aws_iam_role.r{i}[*].name)\n  policy = ""\n}}\n' for i in range(3000))}


@hostile()
def dynamic_blocks():
    return {"main.tf": 'resource "aws_security_group" "q" {\n  dynamic "ingress" {\n    for_each = range(1000)\n    content {\n      dynamic "a" {\n        for_each = range(1000)\n        content {\n'
            '          dynamic "b" {\n            for_each = range(1000)\n            content {\n              x = b.value\n            }\n          }\n        }\n      }\n    }\n  }\n}\n'}


@hostile()
def policy_documents():
    return {"main.tf": "".join(f'data "aws_iam_policy_document" "d{i}" {{\n  source_policy_documents = [data.aws_iam_policy_document.d{i + 1}.json, data.aws_iam_policy_document.d{i + 1}.json]\n  statement {{\n    actions = ["a:b{i}"]\n    resources = ["*"]\n  }}\n}}\n' for i in range(4000))}


@hostile()
def regexes():
    return {"main.tf": 'resource "aws_sqs_queue" "q" {\n  name = replace("' + "a" * 300000 + '", "/(a*)*(a*)*(a*)*b/", "x")\n}\n'
            + "".join(f'resource "aws_sqs_queue" "r{i}" {{\n  name = regex("(a{{1000}}){{{i % 10 + 1}}}{i}", "a")\n}}\n' for i in range(6000))}


@hostile()
def validations():
    return {"main.tf": 'variable "x" {\n  default = "' + "a" * 1000 + '"\n' + '  validation {\n    condition = can(regex("^(a|aa)+$", var.x))\n    error_message = "x"\n  }\n' * 8000 + "}\n"}


@hostile()
def tfvars():
    return {"main.tf": 'variable "x" {\n  type = map(object({ a = string, b = optional(list(map(string)), []) }))\n}\nresource "aws_sqs_queue" "q" {\n  for_each = var.x\n  name = each.value.a\n}\n',
            "terraform.tfvars": "x = {\n" + "".join(f'  k{i} = {{ a = "x" }}\n' for i in range(40000)) + "}\n"}


@hostile()
def type_constraints():
    return {"main.tf": 'variable "x" {\n  type = ' + "list(" * 5000 + "string" + ")" * 5000 + "\n  default = " + "[" * 5000 + "]" * 5000 + "\n}\n"}


@hostile()
def large_numbers():
    return {"main.tf": 'resource "aws_sqs_queue" "q" {\n  name = ' + "9" * 100000 + " * " + "9" * 100000 + ' / 3\n  x = 1e999999999 * 1e-999999999\n  y = pow(10, 99999999)\n  z = ' + " * ".join(["1e19999"] * 50000) + "\n}\n"}


@hostile()
def format_widths():
    return {"main.tf": 'resource "aws_sqs_queue" "q" {\n  name = format("%' + "9" * 18 + 'd", 1)\n  tags = [for i in range(1000) : format("' + "%1000d" * 1000 + '", ' + ", ".join(["i"] * 1000) + ')]\n}\n'}


# Depth

def nested_tf(open_, inner, close, depth=10000):
    return {"main.tf": 'resource "aws_sqs_queue" "q" {\n  name = ' + open_ * depth + inner + close * depth + "\n}\n"}


for name, parts in {
    "lists": ("[", "1", "]"), "objects": ("{ a = ", "1", "}"), "parentheses": ("(", "1", ")"), "calls": ("upper(", '"a"', ")"),
    "conditionals": ("true ? 1 : ", "2", ""), "unary": ("!", "true", ""), "binary": ("1 + ", "1", ""), "templates": ('"${', "1", '}"'),
    "for": ("[for x in ", "[]", " : x]"), "index": ("a[", "1", "]"), "minus": ("-", "1", ""), "directives": ('"%{ if true }${', "1", '}%{ endif }"'),
    "splats": ("", "a", "[*]"), "attributes": ("", "a", ".b"), "unknown-conditionals": ("var.x ? 1 : ", "2", ""),
}.items():
    make = lambda parts=parts: nested_tf(*parts)
    make.__name__ = "nested_" + name
    hostile()(make)


@hostile()
def nested_blocks():
    return {"main.tf": "a {\n" * 10000 + "}\n" * 10000}


@hostile()
def nested_dynamic():
    return {"main.tf": 'resource "a" "b" {\n' + 'dynamic "x" {\nfor_each = [1]\ncontent {\n' * 10000 + "}\n}\n" * 10000 + "}\n"}


@hostile()
def nested_json_tf():
    return {"main.tf.json": '{"resource":{"aws_sqs_queue":{"q":{"name":' + "[" * 10000 + "]" * 10000 + "}}}}"}


@hostile()
def nested_jsonencode():
    return {"main.tf": "locals {\n  a0 = []\n" + "".join(f"  a{i} = [local.a{i - 1}]\n" for i in range(1, 20000)) + '}\nresource "aws_iam_role" "q" {\n  assume_role_policy = jsonencode(local.a19999)\n  name = jsonencode(local.a3000)\n}\n'}


@hostile()
def nested_jsondecode():
    return {"main.tf": 'resource "aws_iam_role" "q" {\n  name = jsondecode("' + "[" * 100000 + "]" * 100000 + '")\n  x = yamldecode("' + "[" * 100000 + "]" * 100000 + '")\n  y = jsonencode(yamldecode("' + "- " * 50000 + '"))\n}\n'}


@hostile("nest")
def nested_json():
    return {"t.json": '{"Resources":{"Q":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":' + "[" * 10000 + "]" * 10000 + "}}}}"}


@hostile("nest")
def nested_json_half():
    return {"t.json": '{"Resources":{"Q":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":' + '{"a":' * 150000}


@hostile("nest")
def nested_yaml_flow():
    return {"t.yaml": "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: " + "[" * 10000 + "]" * 10000 + "\n"}


@hostile("nest")
def nested_yaml_block():
    return {"t.yaml": "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName:\n" + "".join(" " * (8 + i) + "a:\n" for i in range(1300))}


@hostile()
def nested_yaml_dashes():
    return {"t.yaml": "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName:\n        " + "- " * 10000 + "\n"}


@hostile()
def nested_tags():
    return {"t.yaml": "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: " + "!Join ['', [" * 5000 + "]]" * 5000 + "\n"}


def nested_function(wrap, inner, depth):
    for _ in range(depth):
        inner = wrap(inner)
    return template({"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": inner}}}, Conditions={"C": {"Fn::Equals": [{"Ref": "AWS::Region"}, "a"]}})


@hostile()
def nested_if_tree():
    return nested_function(lambda x: {"Fn::If": ["C", x, "n"]}, "x", 110)


@hostile()
def nested_policies():
    inner = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    text = json.dumps(inner)
    for _ in range(14):
        text = json.dumps({"Statement": text})
    return {"main.tf": 'resource "aws_iam_role_policy" "q" {\n  policy = ' + json.dumps(text) + "\n}\n"
            + 'resource "aws_iam_role_policy" "p" {\n  policy = ' + json.dumps("[" * 100000 + "]" * 100000) + "\n}\n"
            + 'resource "aws_iam_role_policy" "s" {\n  policy = ' + json.dumps('{"Statement":' * 10000 + "1" + "}" * 10000) + "\n}\n"}


# CloudFormation and SAM

@hostile("alias")
def alias_bomb():
    return {"t.yaml": "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 100))
            + "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Metadata: *a99\n"}


@hostile("alias")
def alias_bomb_wide():
    return {"t.yaml": "a: &a [" + "x," * 100000 + "]\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Metadata: [" + "*a," * 200000 + "]\n"}


@hostile()
def merge_bomb():
    return {"t.yaml": "a0: &a0 {k: x}\n" + "".join(f"a{i}: &a{i}\n  <<: [*a{i - 1}, *a{i - 1}]\n  k{i}: x\n" for i in range(1, 5000))
            + "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Metadata: *a4999\n"}


@hostile()
def anchors():
    return {"t.yaml": "".join(f"a{i}: &a{i} x\nb{i}: *a{i}\n" for i in range(30000)) + "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n"}


@hostile()
def one_line_yaml():
    return {"t.yaml": "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Metadata: {" + ",".join(f"? [{i}] : {i}" for i in range(55000)) + "}\n"}


@hostile()
def duplicate_keys_yaml():
    return {"t.yaml": "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Metadata:\n" + "      a: 1\n" * 75000}


@hostile()
def duplicate_keys_json():
    return {"t.json": '{"Resources":{"Q":{"Type":"AWS::SQS::Queue","Metadata":{' + ",".join(['"a":1'] * 150000) + "}}}}"}


@hostile()
def duplicate_resources_json():
    return {"t.json": '{"Resources":{' + ",".join(['"Q":{"Type":"AWS::SQS::Queue"}'] * 30000) + "}}"}


@hostile()
def suppressions_yaml():
    return {"t.yaml": "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n" + "# iacscan:ignore lambda-permission -- x\n" * 20000}


@hostile()
def comments_yaml():
    return {"t.yaml": "#\n" * 480000 + "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n"}


@hostile()
def multiline_yaml():
    return {"t.yaml": "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Metadata: |\n" + "      a\n" * 90000 + "    X: >\n" + "      b\n\n" * 20000}


@hostile()
def documents_yaml():
    return {"t.yaml": "---\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n" + "---\n" * 200000}


@hostile("")
def for_each_nested():
    inner = {"Q${" + "}${".join("abcdef") + "}": QUEUE}
    for name in "abcdef":
        inner = {f"Fn::ForEach::{name}": [name, [str(i) for i in range(10)], inner]}
    return template(inner, Transform="AWS::LanguageExtensions")


@hostile("")
def for_each_wide():
    items = [f"x{i}" for i in range(40000)]
    return template({"Fn::ForEach::A": ["a", items, {"Q${a}": {**QUEUE, "Properties": {"Tags": [{"Key": "${a}", "Value": {"Ref": "a"}}] * 20}}}]}, Transform="AWS::LanguageExtensions")


@hostile()
def if_trees():
    conditions = {f"C{i}": {"Fn::Equals": [{"Ref": f"P{i}"}, "a"]} for i in range(180)}
    tree = "x"
    for i in range(80):
        tree = {"Fn::If": [f"C{i}", tree, {"Fn::If": [f"C{i + 80}", "y", "z"]}]}
    return template({f"Q{i}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": tree}} for i in range(100)},
                    Parameters={f"P{i}": {"Type": "String"} for i in range(180)}, Conditions=conditions)


@hostile()
def if_joins():
    conditions = {f"C{i}": {"Fn::Equals": [{"Ref": f"P{i}"}, "a"]} for i in range(1000)}
    return template({f"Q{j}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Join": ["", [{"Fn::If": [f"C{i}", "a", "b"]} for i in range(1000)]]}}} for j in range(20)},
                    Parameters={f"P{i}": {"Type": "String"} for i in range(1000)}, Conditions=conditions)


@hostile()
def condition_chains():
    conditions = {"C0": {"Fn::Equals": [{"Ref": "P"}, "a"]}}
    for i in range(1, 9000):
        conditions[f"C{i}"] = {"Fn::And": [{"Condition": f"C{i - 1}"}, {"Condition": f"C{i - 1}"}]}
    return template({"Q": {**QUEUE, "Condition": "C8999"}, "R": {**QUEUE, "Condition": "C150"}}, Parameters={"P": {"Type": "String"}}, Conditions=conditions)


@hostile()
def condition_trees():
    conditions = {f"A{i}": {"Fn::Equals": [{"Ref": f"P{i}"}, "a"]} for i in range(1500)} | {"O": {"Fn::Or": [{"Condition": f"A{i}"} for i in range(10)]}}
    for i in range(1000):
        conditions[f"B{i}"] = {"Fn::Or": [{"Fn::And": [{"Condition": f"A{(i + j) % 1500}"}, {"Fn::Not": [{"Condition": f"A{(i * j) % 1500}"}]}]} for j in range(8)]}
    return template({f"Q{i}": {**QUEUE, "Condition": f"B{i}"} for i in range(1000)}, Parameters={f"P{i}": {"Type": "String"} for i in range(1500)}, Conditions=conditions)


@hostile()
def parameter_combinations():
    parameters = {f"P{i}": {"Type": "String", "AllowedValues": [f"v{j}" for j in range(20)]} for i in range(1500)}
    return template({f"Q{i}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "".join(f"${{P{(i + j) % 1500}}}" for j in range(100))}}} for i in range(500)}, Parameters=parameters)


@hostile()
def parameter_files():
    files = template({"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "P"}}}}, Parameters={"P": {"Type": "String"}})
    toml = "\n".join(f"[e{i}.deploy.parameters]\nparameter_overrides = \"P=v{i}\"" for i in range(10000))
    return {"template.json": files["t.json"], "samconfig.toml": "version = 0.1\n" + toml + "\n"}


@hostile()
def subs():
    return template({f"Q{i}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${AWS::Region}" * 9000}}} for i in range(6)})


@hostile()
def subs_of_unknown():
    return template({f"Q{i}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${P}x" * 40000}}} for i in range(4)}, Parameters={"P": {"Type": "String"}})


@hostile()
def subs_large():
    resources = {"Q0": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "x" * 100000}}}
    body = {"Fn::Sub": ["${A}" * 5000, {"A": {"Fn::Join": ["", ["y" * 10000, {"Ref": "AWS::Region"}]]}}]}
    return template({f"Q{i}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": body}} for i in range(20)})


@hostile()
def mappings():
    return template({f"Q{i}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::FindInMap": ["M", {"Ref": "P"}, {"Ref": "R"}]}}} for i in range(2000)},
                    Parameters={"P": {"Type": "String"}, "R": {"Type": "String"}}, Mappings={"M": {f"k{i}": {f"l{j}": f"v{i}{j}" for j in range(100)} for i in range(400)}})


@hostile()
def splits():
    return template({f"Q{i}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Select": [str(i), {"Fn::Split": [",", {"Ref": "P"}]}]}}} for i in range(3000)},
                    Parameters={"P": {"Type": "String", "Default": "a," * 300000}})


@hostile()
def cidrs():
    return template({f"Q{i}": {"Type": "AWS::EC2::Subnet", "Properties": {"CidrBlock": {"Fn::Select": ["3", {"Fn::Cidr": ["10.0.0.0/8", "256", "5"]}]}}} for i in range(8000)})


@hostile()
def get_att_chain():
    return template({f"Q{i}": {"Type": "AWS::SQS::Queue", "DependsOn": [f"Q{i - 1}"] if i else [], "Properties": {"QueueName": {"Fn::GetAtt": [f"Q{i - 1}", "QueueName"]}} if i else {}} for i in range(7000)})


@hostile()
def depends_on_everything():
    names = [f"Q{i}" for i in range(300)]
    return template({name: {**QUEUE, "DependsOn": names} for name in names})


@hostile()
def outputs():
    return template({"Q": QUEUE}, Outputs={f"O{i}": {"Value": {"Fn::ImportValue": f"E{i}"}, "Export": {"Name": f"E{i}"}} for i in range(12000)})


@hostile("16")
def nested_stacks():
    stack = lambda url: json.dumps({"Resources": {f"S{i}": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}} for i in range(2)}})
    return {f"t{i:02}.json": stack(f"./t{i + 1:02}.json") for i in range(40)} | {"t40.json": json.dumps({"Resources": {"Q": QUEUE}})}


@hostile()
def nested_stack_cycle():
    stack = lambda url: json.dumps({"Resources": {f"S{i}": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}} for i in range(50)}})
    return {"a.json": stack("./b.json"), "b.json": stack("./a.json")}


@hostile()
def nested_stacks_wide():
    child = json.dumps({"Resources": {f"Q{i}": QUEUE for i in range(2000)}})
    return {"a.json": json.dumps({"Resources": {f"S{i}": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "./b.json"}} for i in range(5000)}}), "b.json": child}


@hostile()
def includes():
    include = lambda at: {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": f"./i{at}.json"}}}
    return {"t.json": json.dumps({"Resources": {f"Q{i}": {"Type": "AWS::SQS::Queue", "Metadata": include(0)} for i in range(100)}})} | \
        {f"i{i}.json": json.dumps({f"k{j}": include(i + 1) for j in range(20)}) for i in range(12)}


@hostile()
def openapi_paths():
    method = {"x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"}}}
    return template({"A": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {"openapi": "3.0.1", "paths": {f"/p{i}": {"get": method} for i in range(4500)}}}},
                     "F": {"Type": "AWS::Lambda::Function", "Properties": {}}})


@hostile()
def openapi_with_permissions():
    method = lambda i: {"x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"}}}
    permission = lambda i: {"Type": "AWS::Lambda::Permission", "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "F"}, "Principal": "apigateway.amazonaws.com", "SourceArn": {"Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${A}/*/GET/q" + str(i)}}}
    return template({"A": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {"openapi": "3.0.1", "paths": {f"/p{i}": {"get": method(i)} for i in range(2000)}}}},
                     "F": {"Type": "AWS::Lambda::Function", "Properties": {}}} | {f"P{i}": permission(i) for i in range(2000)})


@hostile()
def openapi_references():
    schemas = {f"s{i}": {"$ref": f"#/components/p/s{i + 1}"} for i in range(5000)}
    return template({"A": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {"openapi": "3.0.1", "components": {"p": schemas}, "paths": {f"/p{i}": {"$ref": "#/components/p/s0"} for i in range(10000)}}}}})


@hostile()
def openapi_text():
    body = json.dumps({"openapi": "3.0.1", "paths": {f"/p{i}": {"get": {"x-amazon-apigateway-integration": {"type": "mock"}}} for i in range(9000)}})
    return {"main.tf": 'resource "aws_api_gateway_rest_api" "a" {\n  body = <<E\n' + body + "\nE\n}\n"}


@hostile()
def api_routes():
    return {"main.tf": 'resource "aws_api_gateway_rest_api" "a" {\n  name = "a"\n}\n' + "".join(
        f'resource "aws_api_gateway_resource" "r{i}" {{\n  rest_api_id = aws_api_gateway_rest_api.a.id\n  parent_id = {f"aws_api_gateway_resource.r{i - 1}.id" if i else "aws_api_gateway_rest_api.a.root_resource_id"}\n  path_part = "p{i}"\n}}\n'
        f'resource "aws_api_gateway_method" "m{i}" {{\n  rest_api_id = aws_api_gateway_rest_api.a.id\n  resource_id = aws_api_gateway_resource.r{i}.id\n  http_method = "GET"\n  authorization = "NONE"\n}}\n' for i in range(2500))}


POLICY = {"Effect": "Allow", "Action": [f"s3:*G*e*t*O*b*j*{i}*" for i in range(100)], "Resource": [f"arn:aws:s3:::*a*b*c*{i}*/*" for i in range(100)]}


@hostile()
def policy_wildcards():
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [POLICY] * 150}}], "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}}}
    functions = {f"F{i}": {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": ["R", "Arn"]}, "VpcConfig": {"SubnetIds": ["s"], "SecurityGroupIds": ["g"]}, "TracingConfig": {"Mode": "Active"}, "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"}}} for i in range(500)}
    return template({"R": role} | functions)


@hostile()
def policy_actions():
    statements = [{"Effect": "Allow", "Action": [f"a{i}:*" for i in range(10000)], "Resource": "*"}] + [{"Effect": "Deny", "Action": f"b{i}:*", "Resource": "*", "Condition": {"StringLike": {"aws:x": ["*a*b*"]}}} for i in range(6000)]
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": statements}}], "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}}}
    functions = {f"F{i}": {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": ["R", "Arn"]}, "VpcConfig": {"SubnetIds": ["s"], "SecurityGroupIds": ["g"]}}} for i in range(500)}
    return template({"R": role} | functions)


@hostile()
def policy_expanded():
    return {"main.tf": '''resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.name
  policy = jsonencode({ Statement = [for i in range(200) : { Effect = "Allow", Action = [for j in range(200) : "s3:*a*${i}*${j}*"], Resource = [for j in range(200) : "arn:aws:sqs:*:*:*${j}*a*"] }] })
}
resource "aws_iam_role" "r" {
  assume_role_policy = "{}"
}
resource "aws_lambda_function" "f" {
  count = 1000
  role  = aws_iam_role.r.arn
  vpc_config {
    subnet_ids         = ["a"]
    security_group_ids = ["b"]
  }
}
resource "aws_lambda_event_source_mapping" "m" {
  count            = 1000
  function_name    = aws_lambda_function.f[count.index].arn
  event_source_arn = "arn:aws:sqs:us-east-1:123456789012:q${count.index}"
}
'''}


@hostile()
def wildcards():
    pattern = "*a" * 5000
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": ["arn:aws:sqs:" + pattern + str(i) for i in range(40)]}]}}], "AssumeRolePolicyDocument": {}}}
    return template({"R": role, "F": {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": ["R", "Arn"]}}}}
                    | {f"E{i}": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"FunctionName": {"Ref": "F"}, "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:" + "a" * 20000}} for i in range(20)})


@hostile()
def permission_globs():
    permission = lambda i: {"Type": "AWS::Lambda::Permission", "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "F"}, "Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::" + "*b" * 50 + str(i)}}
    notification = {"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": {"Fn::GetAtt": ["F", "Arn"]}}]}
    return template({"F": {"Type": "AWS::Lambda::Function", "Properties": {}}} | {f"P{i}": permission(i) for i in range(1500)}
                    | {f"B{i}": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "b" * 60 + str(i), "NotificationConfiguration": notification}} for i in range(1500)})


@hostile()
def sam_events():
    return sam({"F": {"Type": "AWS::Serverless::Function", "Properties": {**CODE, "Events": {f"E{i}": {"Type": "Api", "Properties": {"Path": f"/p{i}", "Method": "get"}} for i in range(10000)}}}})


@hostile()
def sam_schedules():
    return sam({"F": {"Type": "AWS::Serverless::Function", "Properties": {**CODE, "Events": {f"E{i}": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 minute)"}} for i in range(10000)}}}})


@hostile()
def sam_functions():
    return sam({f"F{i}": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"E": {"Type": "Api", "Properties": {"Path": f"/p{i}", "Method": "get"}}}}} for i in range(7000)}, Globals={"Function": CODE})


@hostile()
def sam_connectors():
    return sam({"F": {"Type": "AWS::Serverless::Function", "Properties": CODE}, "T": {"Type": "AWS::Serverless::SimpleTable"}}
               | {f"C{i}": {"Type": "AWS::Serverless::Connector", "Properties": {"Source": {"Id": "F"}, "Destination": {"Id": "T"}, "Permissions": ["Read"]}} for i in range(6500)})


@hostile()
def sam_connector_lists():
    return sam({"F": {"Type": "AWS::Serverless::Function", "Properties": CODE, "Connectors": {f"C{i}": {"Properties": {"Destination": [{"Id": f"T{j}"} for j in range(100)], "Permissions": ["Read"]}} for i in range(400)}}}
               | {f"T{i}": {"Type": "AWS::Serverless::SimpleTable"} for i in range(100)})


@hostile()
def sam_globals():
    tags = {f"k{i}": "v" * 20 for i in range(6500)}
    return sam({f"F{i}": {"Type": "AWS::Serverless::Function", "Properties": CODE} for i in range(5000)}, Globals={"Function": {"Tags": tags, "Environment": {"Variables": tags}}})


@hostile()
def sam_policies():
    return sam({f"F{i}": {"Type": "AWS::Serverless::Function", "Properties": {**CODE, "Policies": [{"S3CrudPolicy": {"BucketName": f"b{j}"}} for j in range(100)]}} for i in range(200)})


@hostile()
def state_machine():
    states = {f"S{i}": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": f"f{i}"}, "Next": f"S{i + 1}"} for i in range(6000)}
    return template({"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"Definition": {"StartAt": "S0", "States": states}, "RoleArn": {"Fn::GetAtt": ["R", "Arn"]}}},
                     "R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}, "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": f"arn:aws:lambda:*:*:function:f{i}*"} for i in range(1000)]}}]}}})


@hostile()
def nested_states():
    inner = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    for _ in range(60):
        inner = {"StartAt": "A", "States": {"A": {"Type": "Map", "ItemProcessor": inner, "End": True}}}
    return {"main.tf": 'resource "aws_sfn_state_machine" "m" {\n  definition = ' + json.dumps(json.dumps(inner)) + "\n}\n"
            'resource "aws_sfn_state_machine" "n" {\n  definition = ' + json.dumps('{"StartAt":"A","States":{"A":{"Type":"Map","ItemProcessor":' * 5000 + "1" + "}}}" * 5000) + "\n}\n"}


@hostile()
def environment():
    variables = {f"V{i}": {"Fn::GetAtt": [f"D{i % 1000}", "Endpoint.Address"]} for i in range(3000)}
    return template({f"F{i}": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": variables}, "VpcConfig": {"SubnetIds": ["s"], "SecurityGroupIds": ["g"]}}} for i in range(4)}
                    | {f"D{i}": {"Type": "AWS::RDS::DBInstance", "Properties": {"VPCSecurityGroups": ["g"]}} for i in range(1000)})


# Plans

def plan(resources):
    return {"plan.json": json.dumps({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": resources}},
                                     "resource_changes": [], "configuration": {"root_module": {"resources": []}}}, separators=(",", ":"))}


@hostile()
def plan_resources():
    return plan([{"address": f"aws_sqs_queue.q[{i}]", "mode": "managed", "type": "aws_sqs_queue", "name": "q", "index": i, "values": {"name": "q"}} for i in range(8000)])


@hostile("nest")
def plan_nested():
    text = plan([{"address": "aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "name": "q", "values": "@"}])["plan.json"]
    return {"plan.json": text.replace('"@"', '{"a":' * 10000 + "1" + "}" * 10000)}


@hostile()
def plan_modules():
    inner = {"resources": [], "child_modules": []}
    for i in range(100):
        inner = {"address": "module.a" * i, "child_modules": [inner, {"address": f"module.b{i}", "resources": []}]}
    return {"plan.json": json.dumps({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": inner}, "configuration": {"root_module": {}}})}


# Around the scan

@hostile()
def gitignore():
    files = {".gitignore": "".join(f"**/a*b*c*{i}*/**/d?e\n" for i in range(35000))}
    return files | {f"{'a/' * (i % 60)}f{i}.tf": "" for i in range(600)}


@hostile()
def gitignore_long():
    return {".gitignore": "*a" * 400000 + "\n", "main.tf": 'resource "aws_sqs_queue" "q" {}\n'}


@hostile()
def deep_folders():
    return {"a/" * 400 + "main.tf": 'resource "aws_sqs_queue" "q" {}\n'} | {"a/" * i + "x.yaml": "a: 1\n" for i in range(400)}


@hostile()
def many_files():
    return {f"d{i}/main.tf": 'resource "aws_sqs_queue" "q" {}\n' for i in range(5000)}


@hostile()
def configuration():
    return {"iacscan.toml": "".join(f'[[ignore]]\nrule = "lambda-permission"\npaths = ["**/a*b*{i}*/**"]\nreason = "x"\n' for i in range(8000)), "main.tf": 'resource "aws_sqs_queue" "q" {}\n'}


@hostile()
def findings():
    return template({"A": {"Type": "AWS::ApiGateway::RestApi", "Properties": {}}} | {f"M{i}": {"Type": "AWS::Lambda::Permission", "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": "f", "Principal": "apigateway.amazonaws.com"}} for i in range(6000)})


@hostile()
def findings_many_functions():
    return template({f"F{i}": {"Type": "AWS::Lambda::Function", "Properties": {"VpcConfig": {"SubnetIds": ["s"], "SecurityGroupIds": ["g"]}, "Role": {"Fn::GetAtt": [f"R{i % 20}", "Arn"]}}} for i in range(6000)}
                    | {f"R{i}": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}} for i in range(20)})


def write(folder, names):
    for name in names:
        files = INPUTS[name][0]()
        size = sum(len(text.encode()) for text in files.values())
        assert size <= BYTES, f"{name} has {size} bytes"
        for path, text in files.items():
            at = folder / name / path
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_text(text)


def scan(iacscan, folder):
    """CPU seconds, MiB, exit code (or minus the signal) and what is said."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([iacscan, "-f", "concise", "--undecided", "."], cwd=folder, stdout=out, stderr=subprocess.STDOUT,
                                 preexec_fn=lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_CPU, (SECONDS + 1, SECONDS + 1)))
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, child.returncode, out.read().decode(errors="replace")


def measure(iacscan, names):
    failed, total = [], 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        write(folder, names)
        for name in names:
            seconds, memory, code, text = scan(iacscan, folder / name)
            total += seconds
            wrong = [what for what, holds in [("TIME", seconds > SECONDS), ("MEMORY", memory > MEBIBYTES), (f"EXIT {code}", code not in (0, 1)),
                                              ("SILENT", INPUTS[name][1] not in text)] if holds]
            failed += [name] if wrong else []
            print(f"{name:32} {seconds:6.2f} s {memory:7.0f} MiB  {' '.join(wrong)}", flush=True)
    print(f"{len(names)} inputs, {total:.0f} s, {len(failed)} over a limit: {' '.join(failed)}")
    return 1 if failed else 0


def main():
    arguments = [a for a in sys.argv[1:] if a != "--measure"]
    if not arguments:
        sys.exit(__doc__)
    names = arguments[1:] or list(INPUTS)
    if "--measure" in sys.argv:
        sys.exit(measure(str(pathlib.Path(arguments[0]).resolve()), names))
    write(pathlib.Path(arguments[0]), names)


main()
