use super::{main_tf, resolve_files, resolve_with};
use crate::options::{GivenVariables, ResolveOptions};
use crate::value::{Guard, Kind, Reason, Str, Value};

fn identity(value: &Value) -> Str {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.identity.clone().unwrap_or_else(|| panic!("{value} has no identity")),
        other => panic!("{other:?} is known"),
    }
}

#[test]
fn a_variable_without_value() {
    let r = resolve_files(&[
        (
            "main.tf",
            "variable \"env\" {}\nmodule \"m\" {\n  source = \"./m\"\n  env = var.env\n}\nresource \"x\" \"y\" {\n  a = var.env\n  b = \"fn-${var.env}\"\n  c = upper(var.env)\n  d = var.env.part[0]\n}\n",
        ),
        ("m/main.tf", "variable \"env\" {}\nvariable \"own\" {}\nresource \"x\" \"y\" {\n  a = var.env\n  b = var.own\n}\n"),
    ]);
    assert_eq!(identity(&r.value("x.y", "a")), "var.env");
    assert_eq!(r.value("x.y", "a").first_unknown().unwrap().message(), "variable `env` has no default");
    assert_eq!(r.shown("x.y", "b"), "fn-${var.env}");
    assert_eq!(r.value("x.y", "a").kind, r.value("module.m.x.y", "a").kind);
    assert_eq!(identity(&r.value("module.m.x.y", "b")), "module.m.var.own");
    assert_eq!(identity(&r.value("x.y", "d")), "var.env.part[0]");
    assert_eq!(r.problems(), ["2: module `m` is called without `own`, which has no default"]);
}

#[test]
fn the_place_of_a_known_element_among_unknown_ones() {
    let r = main_tf(
        "variable \"more\" {}\nresource \"x\" \"y\" {\n  a = concat(var.more, [\"b\"])[0]\n  b = concat([\"b\"], var.more)[1]\n}\n",
    );
    for name in ["a", "b"] {
        let value = r.value("x.y", name);
        assert!(matches!(&value.kind, Kind::Unknown(unknown) if unknown.identity.is_none()), "{name}: {value}");
    }
}

#[test]
fn conditions_that_cannot_be_decided() {
    let r = main_tf(
        "variable \"env\" {}\nvariable \"on\" {}\nresource \"x\" \"y\" {\n  a = var.env == \"prod\" ? \"p\" : \"d\"\n  b = var.on ? 1 : 2\n  c = !var.on ? 1 : 2\n  d = \"prod\" == var.env ? 1 : 2\n  e = \"${var.on ? \"a\" : \"b\"}-${!var.on ? \"x\" : \"y\"}\"\n  f = var.on && false ? 1 : 2\n  g = var.on || true ? 1 : 2\n  h = var.on ? \"same\" : \"same\"\n  i = var.on ? (var.on ? 1 : 2) : 3\n  j = var.env != \"prod\" ? 1 : 2\n}\n",
    );
    assert_eq!(r.shown("x.y", "a"), "p when var.env == \"prod\" or d when not var.env == \"prod\"");
    assert_eq!(r.shown("x.y", "b"), "1 when var.on or 2 when not var.on");
    assert_eq!(r.shown("x.y", "c"), "1 when not var.on or 2 when var.on");
    assert_eq!(r.shown("x.y", "d"), "1 when var.env == \"prod\" or 2 when not var.env == \"prod\"");
    assert_eq!(r.shown("x.y", "e"), "a-y when var.on or b-x when not var.on");
    assert_eq!(r.shown("x.y", "f"), "2");
    assert_eq!(r.shown("x.y", "g"), "1");
    assert_eq!(r.shown("x.y", "h"), "same");
    assert_eq!(r.shown("x.y", "i"), "1 when var.on or 3 when not var.on");
    assert_eq!(r.shown("x.y", "j"), "1 when not var.env == \"prod\" or 2 when var.env == \"prod\"");
}

#[test]
fn conditions_made_of_conditions() {
    let r = main_tf(
        "variable \"create\" {}\nvariable \"attach\" {}\nresource \"aws_r\" \"r\" {\n  count = var.create ? 1 : 0\n}\nresource \"aws_p\" \"p\" {\n  count = var.create && var.attach ? 1 : 0\n  role = one(aws_r.r[*].arn)\n  neither = var.create || var.attach ? (var.create ? 1 : 2) : (var.create ? 3 : 4)\n}\nresource \"aws_q\" \"q\" {\n  a = var.create || var.attach ? 1 : (var.create ? 3 : 4)\n  set = aws_r.r[0].arn == null ? \"no\" : \"yes\"\n  first = coalesce(\"\", aws_r.r[0].arn, \"x\")\n}\n",
    );
    assert!(r.resource("aws_p.p[0]").presence.implies(&r.resource("aws_r.r[0]").presence));
    assert_eq!(r.target("aws_p.p[0]", "role"), "aws_r.r[0]:arn");
    assert_eq!(
        r.shown("aws_q.q", "a"),
        "1 when var.create || var.attach or 4 when not var.attach and not var.create and not var.create || var.attach"
    );
    assert_eq!(r.text("aws_q.q", "set"), "yes");
    assert_eq!(r.target("aws_q.q", "first"), "aws_r.r[0]:arn");
}

#[test]
fn a_count_that_cannot_be_decided() {
    let r = main_tf(
        "variable \"on\" {}\nresource \"aws_f\" \"f\" {\n  count = var.on ? 1 : 0\n}\nresource \"aws_p\" \"same\" {\n  count = var.on ? 1 : 0\n  a = aws_f.f[0].arn\n  b = one(aws_f.f[*].arn)\n  c = join(\"\", aws_f.f[*].arn)\n}\nresource \"aws_p\" \"other\" {\n  a = aws_f.f[0].arn\n  b = one(aws_f.f[*].arn)\n  c = try(aws_f.f[0].arn, \"\")\n  d = length(aws_f.f)\n  e = aws_f.f[*].arn\n}\n",
    );
    let presence = Guard::when("var.on", true);
    assert_eq!(r.resource("aws_f.f[0]").presence, presence);
    for attribute in ["a", "b", "c"] {
        assert_eq!(r.target("aws_p.same[0]", attribute), "aws_f.f[0]:arn", "{attribute}");
    }
    assert_eq!(r.target("aws_p.other", "a"), "aws_f.f[0]:arn");
    assert_eq!(r.shown("aws_p.other", "b"), "${aws_f.f[0].arn} when var.on or null when not var.on");
    assert_eq!(r.shown("aws_p.other", "c"), "${aws_f.f[0].arn} when var.on or  when not var.on");
    assert_eq!(r.shown("aws_p.other", "d"), "1 when var.on or 0 when not var.on");
    assert_eq!(r.problems(), Vec::<String>::new());
}

#[test]
fn a_module_that_may_be_there() {
    let r = resolve_files(&[
        (
            "main.tf",
            "variable \"on\" {}\nmodule \"m\" {\n  source = \"./m\"\n  count = var.on ? 1 : 0\n}\nresource \"x\" \"y\" {\n  a = module.m[0].arn\n  b = try(module.m[0].arn, null)\n}\n",
        ),
        ("m/main.tf", "resource \"aws_f\" \"f\" {}\noutput \"arn\" { value = aws_f.f.arn }\n"),
    ]);
    assert_eq!(r.resource("module.m[0].aws_f.f").presence, Guard::when("var.on", true));
    assert_eq!(r.target("x.y", "a"), "module.m[0].aws_f.f:arn");
    assert_eq!(r.shown("x.y", "b"), "${module.m[0].aws_f.f.arn} when var.on or null when not var.on");
}

#[test]
fn for_each_over_what_is_not_known() {
    let r = main_tf(
        "variable \"fns\" {}\nresource \"aws_f\" \"f\" {\n  for_each = var.fns\n  name = each.value.name\n}\nresource \"aws_p\" \"p\" {\n  for_each = var.fns\n  f = aws_f.f[each.key].arn\n  name = aws_f.f[each.key].name\n  key = each.key\n  same = var.fns[each.key].name\n}\nresource \"aws_p\" \"chained\" {\n  for_each = aws_f.f\n  f = each.value.arn\n  key = each.key\n}\nlocals {\n  arns = { for k, f in aws_f.f : k => f.arn }\n  names = { for f in var.fns : f.name => f }\n}\nresource \"aws_q\" \"a\" {\n  for_each = local.names\n  key = each.key\n  size = each.value.size\n}\nresource \"aws_q\" \"b\" {\n  for_each = local.names\n  key = each.key\n  arn = local.arns[each.key]\n}\nresource \"aws_q\" \"c\" {\n  for_each = var.fns\n  arn = local.arns[each.key]\n}\n",
    );
    for address in ["aws_f.f[*]", "aws_p.p[*]", "aws_p.chained[*]"] {
        assert_eq!(r.resource(address).symbolic.as_deref(), Some("var.fns"), "{address}");
    }
    assert_eq!(r.target("aws_p.p[*]", "f"), "aws_f.f[*]:arn");
    assert_eq!(identity(&r.value("aws_p.p[*]", "key")), "each.key(var.fns)");
    assert_eq!(identity(&r.value("aws_p.p[*]", "name")), identity(&r.value("aws_p.p[*]", "same")));
    assert_eq!(r.target("aws_p.chained[*]", "f"), "aws_f.f[*]:arn");
    assert_eq!(identity(&r.value("aws_p.chained[*]", "key")), "each.key(var.fns)");
    assert_eq!(identity(&r.value("aws_q.a[*]", "key")), "each.value(var.fns).name");
    assert_eq!(r.value("aws_q.a[*]", "key").kind, r.value("aws_q.b[*]", "key").kind);
    assert_eq!(r.target("aws_q.c[*]", "arn"), "aws_f.f[*]:arn");
    assert_eq!(r.problems(), Vec::<String>::new());
}

#[test]
fn count_of_what_is_not_known() {
    let r = main_tf(
        "variable \"n\" {}\nvariable \"names\" {}\nresource \"aws_f\" \"f\" {\n  count = length(var.names)\n  name = var.names[count.index]\n}\nresource \"aws_p\" \"p\" {\n  count = length(var.names)\n  f = aws_f.f[count.index].arn\n  name = var.names[count.index]\n  all = aws_f.f[*].arn\n}\n",
    );
    assert_eq!(r.target("aws_p.p[*]", "f"), "aws_f.f[*]:arn");
    assert_eq!(r.resource("aws_p.p[*]").symbolic, r.resource("aws_f.f[*]").symbolic);
    assert_eq!(identity(&r.value("aws_p.p[*]", "name")), identity(&r.value("aws_f.f[*]", "name")));
    assert!(r.value("aws_p.p[*]", "all").as_list().unwrap().open.is_some());
}

#[test]
fn keys_with_holes_are_instances_of_their_own() {
    let r = main_tf(
        "variable \"env\" {}\nresource \"aws_f\" \"f\" {\n  for_each = toset([\"${var.env}-a\", \"${var.env}-b\"])\n  name = each.key\n}\nresource \"aws_p\" \"p\" {\n  arn = aws_f.f[\"${var.env}-a\"].arn\n}\n",
    );
    assert_eq!(r.unit.resources.len(), 3);
    assert_eq!(r.target("aws_p.p", "arn"), "aws_f.f[\"${var.env}-a\"]:arn");
}

#[test]
fn maps_whose_keys_have_holes() {
    let r = main_tf(
        "variable \"env\" {}\nlocals {\n  fns = { for n in [\"a\", \"b\"] : \"${var.env}-${n}\" => { size = n } }\n  literal = { \"${var.env}-x\" = 1 }\n}\nresource \"aws_f\" \"f\" {\n  for_each = local.fns\n  name = \"fn-${each.key}\"\n  size = each.value.size\n}\nresource \"aws_p\" \"p\" {\n  for_each = local.fns\n  arn = aws_f.f[each.key].arn\n  same = local.fns[each.key].size\n  keys = keys(local.fns)\n  x = local.literal[\"${var.env}-x\"]\n  looped = [for k, v in local.literal : \"${k}=${v}\"]\n}\n",
    );
    let f = "aws_f.f[\"${var.env}-a\"]";
    assert_eq!(r.shown(f, "name"), "fn-${var.env}-a");
    assert!(r.value(f, "name").as_str().is_none());
    assert_eq!(r.text(f, "size"), "a");
    let p = "aws_p.p[\"${var.env}-b\"]";
    assert_eq!(r.target(p, "arn"), "aws_f.f[\"${var.env}-b\"]:arn");
    assert_eq!(r.text(p, "same"), "b");
    assert!(r.value(p, "keys").first_unknown().is_some());
    assert_eq!(r.shown(p, "x"), "1");
    assert!(r.value(p, "looped").first_unknown().is_some());
}

#[test]
fn one_of_known_instances() {
    let r = main_tf(
        "variable \"env\" {}\nresource \"aws_f\" \"f\" {\n  for_each = toset([\"a\", \"b\"])\n}\nresource \"aws_p\" \"p\" {\n  arn = aws_f.f[var.env].arn\n  size = { dev = 1, prod = 2 }[var.env]\n}\n",
    );
    assert_eq!(r.shown("aws_p.p", "arn"), "${aws_f.f[\"a\"].arn} when var.env == \"a\" or ${aws_f.f[\"b\"].arn} when var.env == \"b\"");
    assert_eq!(r.shown("aws_p.p", "size"), "1 when var.env == \"dev\" or 2 when var.env == \"prod\"");
}

#[test]
fn opaque_modules() {
    let r = main_tf(
        "module \"m\" {\n  source = \"example/lambda/aws\"\n  version = \"8.0.0\"\n  role = aws_r.r.arn\n  none = null\n}\nmodule \"n\" {\n  source = \"git::https://example.com/m\"\n  for_each = toset([\"a\"])\n}\nresource \"aws_r\" \"r\" {}\nresource \"x\" \"y\" {\n  a = module.m.lambda_function_arn\n  b = \"${module.m.lambda_function_arn}:*\"\n  c = module.n[\"a\"].out\n}\n",
    );
    assert_eq!(identity(&r.value("x.y", "a")), "module.m.lambda_function_arn");
    assert_eq!(identity(&r.value("x.y", "c")), "module.n[\"a\"].out");
    let opaque = &r.unit.opaque[0];
    assert_eq!((opaque.address.as_str(), opaque.source.as_str()), ("module.m", "example/lambda/aws"));
    assert_eq!(opaque.references, [r.resource("aws_r.r").id]);
    assert_eq!(opaque.arguments.as_map().unwrap().entries.keys().collect::<Vec<_>>(), ["role"]);
    assert_eq!(r.unit.opaque[1].address, "module.n[\"a\"]");
}

#[test]
fn installed_modules() {
    let r = resolve_files(&[
        ("main.tf", "module \"m\" {\n  source = \"example/m/aws\"\n}\nresource \"x\" \"y\" {\n  a = module.m.out\n}\n"),
        (
            ".terraform/modules/modules.json",
            "{\"Modules\":[{\"Key\":\"\",\"Source\":\"\",\"Dir\":\".\"},{\"Key\":\"m\",\"Source\":\"x\",\"Dir\":\".terraform/modules/m\"},{\"Key\":\"m.n\",\"Source\":\"x\",\"Dir\":\".terraform/modules/m.n\"}]}",
        ),
        (".terraform/modules/m/main.tf", "module \"n\" {\n  source = \"example/n/aws\"\n}\noutput \"out\" { value = module.n.out }\n"),
        (".terraform/modules/m.n/main.tf", "output \"out\" { value = \"found in ${path.module}\" }\n"),
    ]);
    assert_eq!(r.text("x.y", "a"), "found in .terraform/modules/m.n");
    assert!(r.unit.opaque.is_empty());
}

#[test]
fn dynamic_blocks() {
    let r = main_tf(
        "variable \"rules\" {}\nvariable \"on\" {}\nresource \"x\" \"y\" {\n  ingress {\n    port = 1\n  }\n  dynamic \"ingress\" {\n    for_each = [2, 3]\n    content {\n      port = ingress.value\n      index = ingress.key\n      dynamic \"inner\" {\n        for_each = { a = ingress.value }\n        iterator = it\n        content {\n          v = \"${it.key}${it.value}${ingress.value}\"\n        }\n      }\n    }\n  }\n  dynamic \"egress\" {\n    for_each = var.rules\n    content {\n      port = egress.value.port\n    }\n  }\n  dynamic \"maybe\" {\n    for_each = var.on ? [1] : []\n    content {\n      n = maybe.value\n    }\n  }\n  dynamic \"none\" {\n    for_each = []\n    content {}\n  }\n}\n",
    );
    assert_eq!(
        r.shown("x.y", "ingress"),
        "[{port = 1}, {port = 2, index = 0, inner = [{v = a22}]}, {port = 3, index = 1, inner = [{v = a33}]}]"
    );
    assert_eq!(r.shown("x.y", "egress"), "[, …]");
    assert_eq!(r.shown("x.y", "maybe"), "[{n = 1}] when var.on or [] when not var.on");
    assert!(r.resource("x.y").attribute("none").is_none());
}

#[test]
fn variables_from_outside() {
    let options = ResolveOptions {
        variables: [("a", "1"), ("list", "[\"x\", \"y\"]"), ("s", "[plain")]
            .map(|(name, value)| GivenVariables::Value(name.into(), value.into()))
            .to_vec(),
        ..ResolveOptions::default()
    };
    let r = resolve_with(
        &[
            (
                "main.tf",
                "variable \"a\" { default = 0 }\nvariable \"list\" { type = list(string) }\nvariable \"s\" { type = string }\nresource \"x\" \"y\" {\n  a = var.a\n  list = var.list\n  s = var.s\n}\n",
            ),
            ("terraform.tfvars", "a = 2\n"),
        ],
        options,
    );
    assert_eq!((r.shown("x.y", "a"), r.shown("x.y", "list"), r.shown("x.y", "s")), ("1".into(), "[x, y]".into(), "[plain".into()));
}

#[test]
fn stage_variables_without_the_second_dollar_sign() {
    let r = main_tf(
        "resource \"x\" \"y\" {\n  uri = \"fn:${stageVariables.alias}/invocations\"\n  ok = \"fn:$${stageVariables.alias}/invocations\"\n}\n",
    );
    assert_eq!(r.text("x.y", "uri"), "fn:${stageVariables.alias}/invocations");
    assert_eq!(r.text("x.y", "uri"), r.text("x.y", "ok"));
    assert_eq!(r.problems(), Vec::<String>::new());
}

#[test]
fn results_of_impure_functions_differ() {
    let r = main_tf("resource \"x\" \"y\" {\n  a = timestamp()\n}\n");
    assert!(matches!(&r.value("x.y", "a").kind, Kind::Unknown(u) if u.reason == Reason::Impure && u.identity.is_none()));
}

#[test]
fn the_workspace_is_one_of_those_that_the_source_names() {
    let source = r#"
locals { names = { dev = "orders-dev", prod = "orders-prod" } }
resource "aws_sqs_queue" "a" {
  name   = local.names[terraform.workspace]
  region = lookup(local.names, terraform.workspace, "none")
  policy = "x-${terraform.workspace}"
  tags   = { env = terraform.workspace == "prod" ? "p" : "d" }
}
resource "aws_sqs_queue" "b" { count = terraform.workspace == "prod" ? 1 : 0 }
"#;
    let unit = main_tf(source);
    let cases =
        |path: &str| unit.value("aws_sqs_queue.a", path).alternatives().iter().map(|(g, v)| format!("{g}: {v}")).collect::<Vec<_>>();
    let (dev, prod) = ("terraform.workspace == \"dev\"", "terraform.workspace == \"prod\"");
    assert_eq!(cases("name"), [format!("{dev}: orders-dev"), format!("{prod}: orders-prod")]);
    assert_eq!(cases("region").len(), 3);
    assert_eq!(cases("tags.env"), [format!("{prod}: p"), format!("not {prod}: d")]);
    assert_eq!(unit.shown("aws_sqs_queue.a", "policy"), "x-${terraform.workspace}");
    assert!(!unit.resource("aws_sqs_queue.b[0]").presence.is_always());
    let options = crate::options::ResolveOptions { workspace: Some("prod".into()), ..Default::default() };
    let unit = super::resolve_with(&[("main.tf", source)], options);
    assert_eq!((unit.text("aws_sqs_queue.a", "name").as_str(), unit.shown("aws_sqs_queue.a", "tags.env").as_str()), ("orders-prod", "p"));
}

#[test]
fn what_an_unknown_map_may_override_is_not_sure() {
    let source = r#"
variable "more" {}
resource "terraform_data" "x" {
  a = merge({ k = 1, l = 2 }, var.more, { l = 3 })
  b = merge({ k = 1 }, var.more).k == merge({ k = 1 }, var.more).k
}"#;
    let unit = main_tf(source);
    assert!(unit.shown("terraform_data.x", "a.k").starts_with("${merge("), "{}", unit.shown("terraform_data.x", "a.k"));
    assert_eq!(unit.shown("terraform_data.x", "a.l"), "3");
    assert_eq!(unit.shown("terraform_data.x", "b"), "true");
}

#[test]
fn values_that_are_shared_a_trillion_times() {
    let mut source = String::from("locals {\n  l0 = [\"x\", var.y]\n");
    for i in 1..=40 {
        source.push_str(&format!("  l{i} = [local.l{}, local.l{}]\n", i - 1, i - 1));
    }
    source.push_str("}\nvariable \"y\" {}\nresource \"aws_sqs_queue\" \"a\" {\n  name = local.l40\n  tags = { a = local.l20, b = \"${local.l20}\" }\n  policy = jsonencode(local.l40)\n}\n");
    let started = std::time::Instant::now();
    let unit = main_tf(&source);
    assert!(unit.shown("aws_sqs_queue.a", "name").contains("too large"));
    let mut out = Vec::new();
    let graph = crate::report::GraphUnit { unit: &unit.unit, relations: Vec::new(), drawing: Default::default() };
    for format in [crate::report::GraphFormat::Stats, crate::report::GraphFormat::Dot] {
        crate::report::write_graph(format, std::slice::from_ref(&graph), &unit.workspace.sources, &mut out).unwrap();
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn what_is_never_null() {
    let r = main_tf(
        "variable \"a\" {}\nvariable \"b\" {\n  nullable = false\n}\nresource \"aws_s3_bucket\" \"s\" {}\nresource \"x\" \"y\" {\n  split = split(\",\", var.a) == null\n  \
         format = null != format(var.a, 1)\n  join = join(\",\", var.a) == null\n  equal = (var.a == \"x\") == null\n  variable = var.b == null\n  set = \
         toset(split(\",\", var.a)) == null\n  id = aws_s3_bucket.s.id == null\n  open = var.a == null\n  open_set = toset(var.a) == null\n  lookup = \
         lookup(var.a, \"k\", null) == null\n  decoded = jsondecode(var.a) == null\n  empty = lower(var.a) == \"\"\n}\n",
    );
    for (name, answer) in
        [("split", false), ("format", true), ("join", false), ("equal", false), ("variable", false), ("set", false), ("id", false)]
    {
        assert_eq!(r.value("x.y", name).as_bool(), Some(answer), "{name}");
    }
    for name in ["open", "open_set", "lookup", "decoded", "empty"] {
        assert!(matches!(r.value("x.y", name).kind, Kind::Unknown(_)), "{name}");
    }
}

#[test]
fn conditions_name_what_they_are_made_of() {
    let r = main_tf(
        "data \"aws_ssm_parameter\" \"p\" {\n  name = \"p\"\n}\nresource \"x\" \"y\" {\n  count = length(split(\",\", data.aws_ssm_parameter.p.value)) > 1 ? 1 : 0\n}\n",
    );
    let shown = r.resource("x.y[0]").presence.to_string();
    assert!(shown.contains("data.aws_ssm_parameter.p.value"), "{shown}");
    assert!(!shown.contains('@'), "{shown}");
}
