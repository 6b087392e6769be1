//! Neighbours of what the real terraform has answered: `testdata/oracles/terraform` has its own words.

use super::{main_tf, resolve_files, resolve_with};
use crate::options::{GivenVariables, ResolveOptions};
use crate::value::{Kind, Value};

/// What an expression comes to, as JSON where it is known.
fn encoded(before: &str, expression: &str) -> String {
    main_tf(&format!("{before}\nresource \"x\" \"y\" {{\n  a = jsonencode({expression})\n}}\n")).shown("x.y", "a")
}

#[test]
fn both_branches_of_a_condition_have_one_type() {
    let before = "variable \"on\" { default = true }\nvariable \"s\" {\n  type = string\n  default = null\n}\nresource \"aws_x\" \"u\" {}\nlocals { none = [] }";
    for (expression, want) in [
        ("var.on ? 5 : var.s", "\"5\""),
        ("var.on ? 5 : aws_x.u.arn", "\"5\""),
        ("var.on ? 5 : null", "5"),
        ("var.on ? 5 : aws_x.u.port", "5"),
        ("var.on ? true : \"x\"", "\"true\""),
        ("!var.on ? aws_x.u.id : 5", "\"5\""),
        ("var.on ? [4] : local.none", "[4]"),
        ("var.on ? [4] : (var.on ? local.none : [\"a\"])", "[\"4\"]"),
        ("var.on ? [4] : tolist([\"a\"])", "[\"4\"]"),
        ("var.on ? [4, true] : [\"a\", false]", "[\"4\",true]"),
        ("var.on ? { a = 1 } : { a = \"x\" }", "{\"a\":\"1\"}"),
        ("var.on ? { a = 1 } : { b = \"x\" }", "{\"a\":\"1\"}"),
        ("var.on ? { a = [1] } : { b = \"x\", c = null }", "{\"a\":[1]}"),
    ] {
        assert_eq!(encoded(before, expression), want, "{expression}");
    }
}

#[test]
fn templates_of_one_sequence() {
    for (expression, want) in [
        ("\"${1}\"", "1"),
        ("\"${~ 1 ~}\"", "1"),
        ("\" ${~ 1 ~} \"", "\"1\""),
        ("\"${1}${2}\"", "\"12\""),
        ("\"%{ if true }${1}%{ endif }\"", "\"1\""),
        ("<<EOT\n${1}\nEOT\n", "\"1\\n\""),
        ("templatestring(\"$${[1]}\", {})", "[1]"),
    ] {
        assert_eq!(encoded("", expression), want, "{expression}");
    }
    let files = [("main.tf", "resource \"x\" \"y\" {\n  a = templatefile(\"a.tftpl\", { l = [1, 2] })\n}\n"), ("a.tftpl", "${l}\n")];
    assert!(resolve_files(&files).value("x.y", "a").first_unknown().is_some(), "a list beside a line end is no text");
}

#[test]
fn escapes_in_the_bodies_of_directives() {
    for (expression, want) in [
        (r#""%{ if true }\u00e9\U0001F600\t\\ $${a} %%{b}%{ endif }""#, "\"é😀\\t\\\\ ${a} %{b}\""),
        (r#""%{ if false }a%{ else }\"b\"%{ endif }""#, r#""\"b\"""#),
        (r#""%{ if true }%{ for x in [1] }\n${x}%{ endfor }%{ endif }""#, r#""\n1""#),
        ("<<EOT\n%{ if true ~}\n\\n\"x\"\n%{ endif ~}\nEOT\n", r#""\\n\"x\"\n""#),
    ] {
        assert_eq!(encoded("", expression), want, "{expression}");
    }
}

#[test]
fn strings_of_json_that_are_no_templates() {
    let main = r#"{"variable": {"a": {"default": {"${k}": ["%{ if x }", "$${y}"]}}, "b": {}},
        "resource": {"x": {"y": {"a": "${var.a}", "b": "${var.b}", "c": "${1 + 1}"}}}}"#;
    let r = resolve_files(&[("main.tf.json", main), ("terraform.tfvars.json", r#"{"b": "${z}"}"#)]);
    assert_eq!(r.problems(), Vec::<String>::new());
    assert_eq!(r.shown("x.y", "a"), "{${k} = [%{ if x }, $${y}]}");
    assert_eq!(r.text("x.y", "b"), "${z}");
    assert_eq!(r.shown("x.y", "c"), "2");
}

#[test]
fn carriage_returns() {
    let r = main_tf("# one\r\r\nresource \"x\" \"y\" { // two\r three\r\n  a = [for v in [1] :\r\n    v # four\r five\n  ]\r\n}\r\n");
    assert_eq!(r.problems(), Vec::<String>::new());
    assert_eq!(r.shown("x.y", "a"), "[1]");
}

#[test]
fn strings_end_on_their_line() {
    let broken = |value: &str| main_tf(&format!("resource \"x\" \"y\" {{\n  a = {value}\n}}\n")).problems();
    let message = "a quoted string goes on over the end of the line: write `\\n`, or a heredoc";
    assert_eq!(broken("\"a\nb\""), [format!("2: {message}")]);
    assert_eq!(broken("\"${1}\n\""), [format!("2: {message}")]);
    assert_eq!(broken("\"%{ if true }\n%{ endif }\""), [format!("2: {message}")]);
    assert_eq!(broken("{ \"a\n\" = 1 }"), [format!("2: {message}")]);
    assert_eq!(broken("\"${[\n1\n][0]}\\n\""), Vec::<String>::new());
    assert_eq!(broken("<<EOT\na\nb\nEOT"), Vec::<String>::new());
}

#[test]
fn what_is_ephemeral_is_null() {
    let before = "variable \"e\" {\n  default = \"x\"\n  ephemeral = true\n}\nvariable \"p\" { default = \"y\" }\nlocals {\n  both = { e = var.e, p = var.p }\n}";
    for (expression, want) in [
        ("ephemeralasnull(var.e)", "null"),
        ("ephemeralasnull(var.p)", "\"y\""),
        ("ephemeralasnull(\"${var.p}-${var.e}\")", "null"),
        ("ephemeralasnull([var.e, var.p])", "[null,\"y\"]"),
        ("ephemeralasnull(local.both)", "{\"e\":null,\"p\":\"y\"}"),
        ("ephemeralasnull(local.both.p)", "\"y\""),
        ("ephemeralasnull(local.both.e)", "null"),
        ("ephemeralasnull(true ? var.p : var.e)", "\"y\""),
    ] {
        assert_eq!(encoded(before, expression), want, "{expression}");
    }
}

#[test]
fn functions_of_providers_by_their_local_names() {
    let before = "terraform {\n  required_providers {\n    tf = { source = \"terraform.io/builtin/terraform\" }\n    aws = { source = \"acme/aws\" }\n  }\n}";
    assert_eq!(encoded(before, "provider::tf::encode_expr([1, \"a\"])"), "\"[1, \\\"a\\\"]\"");
    assert_eq!(encoded(before, "provider::tf::decode_tfvars(\"a = 1 + 1\\n\")"), "{\"a\":2}");
    let r = main_tf(&format!("{before}\nresource \"x\" \"y\" {{\n  a = provider::aws::arn_parse(\"arn:aws:s3:::b\")\n}}\n"));
    assert!(matches!(r.value("x.y", "a"), Value { kind: Kind::Unknown(_), .. }));
}

#[test]
fn the_later_of_what_is_given_wins() {
    let value = |text: &str| GivenVariables::Value("v".into(), text.to_owned());
    let given = |variables: Vec<GivenVariables>| {
        let options = ResolveOptions { variables, ..ResolveOptions::default() };
        let main = "variable \"v\" { default = \"default\" }\nresource \"x\" \"y\" {\n  a = var.v\n}\n";
        resolve_with(&[("main.tf", main), ("terraform.tfvars", "v = \"automatic\"\n")], options).text("x.y", "a")
    };
    let file = tempfile::Builder::new().suffix(".tfvars").tempfile().unwrap();
    std::fs::write(file.path(), "v = \"file\"\n").unwrap();
    let file = || GivenVariables::File(file.path().to_owned());
    assert_eq!(given(vec![]), "automatic");
    assert_eq!(given(vec![value("one"), file()]), "file");
    assert_eq!(given(vec![file(), value("two")]), "two");
    assert_eq!(given(vec![value("one"), file(), value("two")]), "two");
}
