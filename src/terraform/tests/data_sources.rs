use super::{main_tf, resolve_files, resolve_with};
use crate::options::ResolveOptions;
use crate::unit::Mode;
use crate::value::{Kind, Reason};

#[test]
fn resources_and_their_attributes() {
    let r = main_tf(
        "resource \"aws_lambda_function\" \"f\" {\n  function_name = \"orders\"\n  kms_key_arn = null\n  vpc_config {\n    subnet_ids = [\"s\"]\n  }\n}\nresource \"x\" \"y\" {\n  name = aws_lambda_function.f.function_name\n  arn = aws_lambda_function.f.arn\n  key = aws_lambda_function.f.kms_key_arn\n  vpc = aws_lambda_function.f.vpc_config[0].vpc_id\n  subnets = aws_lambda_function.f.vpc_config[0].subnet_ids\n  whole = aws_lambda_function.f\n  text = \"${aws_lambda_function.f.arn}:live\"\n  tags = aws_lambda_function.f.tags_all[\"a\"]\n  depends_on = [aws_lambda_function.f]\n  lifecycle {\n    ignore_changes = [tags, arn]\n  }\n}\n",
    );
    let f = r.resource("aws_lambda_function.f");
    assert!(f.attribute("kms_key_arn").is_none());
    assert_eq!(r.text("x.y", "name"), "orders");
    assert_eq!(r.target("x.y", "arn"), "aws_lambda_function.f:arn");
    assert_eq!(r.target("x.y", "key"), "aws_lambda_function.f:kms_key_arn");
    assert_eq!(r.target("x.y", "vpc"), "aws_lambda_function.f:vpc_config[0].vpc_id");
    assert_eq!(r.shown("x.y", "subnets"), "[s]");
    assert_eq!(r.target("x.y", "whole"), "aws_lambda_function.f:");
    assert_eq!(r.target("x.y", "tags"), "aws_lambda_function.f:tags_all[\"a\"]");
    assert_eq!(r.shown("x.y", "text"), "${aws_lambda_function.f.arn}:live");
    let y = r.resource("x.y");
    assert_eq!((y.references.clone(), y.depends_on.iter().collect()), (vec![f.id], vec![f.id]));
    assert_eq!(y.ignore_changes, ["tags", "arn"]);
    assert_eq!(r.value("x.y", "name").span.start as usize, y.attributes.as_map().unwrap().key_spans["name"].end as usize + 3);
}

#[test]
fn account_region_and_partition() {
    let text = "provider \"aws\" {\n  region = \"eu-west-1\"\n}\nprovider \"aws\" {\n  alias = \"far\"\n}\ndata \"aws_caller_identity\" \"me\" {}\ndata \"aws_region\" \"here\" {}\ndata \"aws_region\" \"far\" {\n  provider = aws.far\n}\ndata \"aws_partition\" \"p\" {}\nresource \"x\" \"y\" {\n  arn = \"arn:${data.aws_partition.p.partition}:lambda:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:f\"\n  far = data.aws_region.far.id\n}\n";
    let r = main_tf(text);
    assert_eq!(r.shown("x.y", "arn"), "arn:${AWS::Partition}:lambda:eu-west-1:${AWS::AccountId}:f");
    assert_eq!(r.shown("x.y", "far"), "${AWS::Region}");
    assert_eq!(
        (r.resource("data.aws_region.far").provider.as_str(), r.resource("data.aws_region.here").provider.as_str()),
        ("aws.far", "aws")
    );
    assert_eq!(r.resource("data.aws_region.here").region.as_str(), Some("eu-west-1"));
    assert_eq!(r.resource("data.aws_region.here").mode, Mode::Data);
    let given = ResolveOptions { region: Some("us-east-1".into()), account_id: Some("123456789012".into()), ..ResolveOptions::default() };
    let r = resolve_with(&[("main.tf", text)], given);
    assert_eq!(r.text("x.y", "far"), "us-east-1");
    assert_eq!(r.shown("x.y", "arn"), "arn:${AWS::Partition}:lambda:eu-west-1:123456789012:f");
}

#[test]
fn providers_of_modules() {
    let r = resolve_files(&[
        (
            "main.tf",
            "provider \"aws\" {\n  region = \"a\"\n}\nprovider \"aws\" {\n  alias = \"west\"\n  region = \"b\"\n}\nmodule \"inherits\" {\n  source = \"./m\"\n}\nmodule \"passed\" {\n  source = \"./m\"\n  providers = {\n    aws = aws.west\n    aws.src = aws\n  }\n}\n",
        ),
        (
            "m/main.tf",
            "resource \"aws_x\" \"plain\" {}\nresource \"aws_x\" \"src\" {\n  provider = aws.src\n}\nresource \"aws_x\" \"own\" {\n  region = \"c\"\n}\n",
        ),
    ]);
    let of = |address: &str| {
        let resource = r.resource(address);
        (resource.provider.to_string(), resource.region.to_string())
    };
    assert_eq!(of("module.inherits.aws_x.plain"), ("aws".into(), "a".into()));
    assert_eq!(of("module.passed.aws_x.plain"), ("aws.west".into(), "b".into()));
    assert_eq!(of("module.passed.aws_x.src"), ("aws".into(), "a".into()));
    assert_eq!(of("module.passed.aws_x.own"), ("aws.west@c".into(), "c".into()));
    // Nobody passes it: where it is is not known, nor that it is where the others are.
    assert_eq!(of("module.inherits.aws_x.src"), ("module.inherits.aws.src".into(), "${module.inherits.aws.src.region}".into()));
}

#[test]
fn references_that_come_with_each_value() {
    let r = main_tf(
        "resource \"aws_f\" \"f\" {\n  name = \"n\"\n}\nlocals {\n  fns = { a = { arn = aws_f.f.arn } }\n}\nresource \"x\" \"y\" {\n  for_each = local.fns\n  uri = \"${each.value.arn}/x\"\n}\nresource \"x\" \"known\" {\n  name = aws_f.f.name\n}\n",
    );
    let f = r.resource("aws_f.f").id;
    assert_eq!(r.resource("x.y[\"a\"]").references, [f]);
    assert_eq!(r.resource("x.known").references, [f]);
}

#[test]
fn explicit_dependencies() {
    let r = resolve_files(&[
        (
            "main.tf",
            "resource \"x\" \"a\" {}\nmodule \"m\" {\n  source = \"./m\"\n  depends_on = [x.a]\n}\nresource \"x\" \"b\" {\n  depends_on = [module.m, data.x.d]\n}\ndata \"x\" \"d\" {}\n",
        ),
        ("m/main.tf", "resource \"x\" \"inner\" {\n  count = 2\n}\nresource \"x\" \"other\" {\n  depends_on = [x.inner]\n}\n"),
    ]);
    let of = |address: &str| r.resource(address).depends_on.iter().map(|id| r.unit.resource(id).address.to_string()).collect::<Vec<_>>();
    assert_eq!(of("module.m.x.inner[0]"), ["x.a"]);
    assert_eq!(of("module.m.x.other"), ["module.m.x.inner[0]", "module.m.x.inner[1]", "x.a"]);
    assert_eq!(of("x.b"), ["module.m.x.inner[0]", "module.m.x.inner[1]", "module.m.x.other", "data.x.d"]);
}

#[test]
fn policy_documents() {
    let r = main_tf(
        r#"
variable "bucket" {}
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Logs"
    actions   = ["logs:PutLogEvents"]
    resources = ["*"]
  }
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::${var.bucket}/&{aws:username}", aws_s3_bucket.b.arn]
  }
}
data "aws_iam_policy_document" "p" {
  version                 = "2008-10-17"
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid       = "Logs"
    effect    = "Deny"
    actions   = ["logs:*"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = ["eu-west-1"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = ["eu-west-2"]
    }
  }
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
  statement {
    actions = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
  override_policy_documents = [jsonencode({ Statement = [{ Sid = "Logs", Effect = "Allow", Action = "logs:Create*", Resource = "*" }] })]
}
resource "aws_s3_bucket" "b" {}
resource "x" "y" {
  base = data.aws_iam_policy_document.base.json
  p    = data.aws_iam_policy_document.p.json
}
"#,
    );
    assert_eq!(
        r.shown("x.y", "base"),
        r#"{"Statement":[{"Action":"logs:PutLogEvents","Effect":"Allow","Resource":"*","Sid":"Logs"},{"Action":["s3:GetObject","s3:PutObject"],"Effect":"Allow","Resource":["arn:aws:s3:::${var.bucket}/${aws:username}","${aws_s3_bucket.b.arn}"]}],"Version":"2012-10-17"}"#
    );
    let p = r.shown("x.y", "p");
    assert!(
        p.starts_with(r#"{"Statement":[{"Action":"logs:Create*","Effect":"Allow","Resource":"*","Sid":"Logs"},{"Action":["s3:GetObject""#),
        "{p}"
    );
    assert!(p.contains(r#"{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"}}"#), "{p}");
    assert!(p.ends_with(r#"{"Action":"*","Effect":"Allow","Principal":"*"}],"Version":"2008-10-17"}"#), "{p}");
}

#[test]
fn conditions_of_one_key_are_joined() {
    let r = main_tf(
        "data \"aws_iam_policy_document\" \"p\" {\n  statement {\n    actions = [\"a\"]\n    dynamic \"condition\" {\n      for_each = [\"x\", \"y\"]\n      content {\n        test = \"StringLike\"\n        variable = \"k\"\n        values = [condition.value]\n      }\n    }\n  }\n}\nresource \"x\" \"y\" {\n  p = data.aws_iam_policy_document.p.json\n}\n",
    );
    assert!(r.text("x.y", "p").contains(r#""Condition":{"StringLike":{"k":["x","y"]}}"#));
}

#[test]
fn files_and_templates() {
    let r = resolve_files(&[
        (
            "main.tf",
            "data \"template_file\" \"t\" {\n  template = file(\"t.json\")\n  vars = { fn = \"orders\", arn = aws_x.x.arn }\n}\ndata \"local_file\" \"l\" {\n  filename = \"${path.module}/t.json\"\n}\nresource \"aws_x\" \"x\" {}\nresource \"x\" \"y\" {\n  t = data.template_file.t.rendered\n  l = data.local_file.l.content\n}\n",
        ),
        ("t.json", "{\"uri\": \"${fn}/${arn}\"}"),
    ]);
    assert_eq!(r.shown("x.y", "t"), "{\"uri\": \"orders/${aws_x.x.arn}\"}");
    assert_eq!(r.text("x.y", "l"), "{\"uri\": \"${fn}/${arn}\"}");
}

#[test]
fn states_elsewhere_and_computed_values() {
    let r = main_tf(
        "data \"terraform_remote_state\" \"net\" {\n  backend = \"s3\"\n}\nresource \"random_pet\" \"p\" {}\nresource \"terraform_data\" \"d\" {\n  input = \"in\"\n}\ndata \"aws_ssm_parameter\" \"p\" {\n  name = \"/x\"\n}\nresource \"x\" \"y\" {\n  a = data.terraform_remote_state.net.outputs.vpc_id\n  b = random_pet.p.id\n  c = terraform_data.d.output\n  d = data.aws_ssm_parameter.p.value\n}\n",
    );
    let Kind::Unknown(state) = r.value("x.y", "a").kind else { panic!("known") };
    assert_eq!((state.reason, state.identity.as_deref()), (Reason::External, Some("data.terraform_remote_state.net.outputs.vpc_id")));
    assert_eq!(r.target("x.y", "b"), "random_pet.p:id");
    assert_eq!(r.text("x.y", "c"), "in");
    assert_eq!(r.target("x.y", "d"), "data.aws_ssm_parameter.p:value");
}

#[test]
fn permissions_made_by_commands() {
    let r = resolve_files(&[
        (
            "main.tf",
            "resource \"null_resource\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"aws lambda add-permission --function-name ${aws_f.f.arn}\"\n  }\n}\nresource \"terraform_data\" \"b\" {\n  provisioner \"local-exec\" {\n    command = \"sh ./grant.sh\"\n  }\n}\nresource \"terraform_data\" \"c\" {\n  provisioner \"local-exec\" {\n    command = \"echo ${self.id}\"\n  }\n}\nresource \"aws_f\" \"f\" {}\n",
        ),
        ("grant.sh", "#!/bin/sh\naws lambda add-permission --principal apigateway.amazonaws.com\n"),
    ]);
    let texts: Vec<String> = r.unit.outside_permissions.iter().map(|v| v.to_string()).collect();
    assert_eq!(texts.len(), 2);
    assert_eq!(texts[0], "aws lambda add-permission --function-name ${aws_f.f.arn}");
    assert!(texts[1].contains("apigateway.amazonaws.com"));
}
