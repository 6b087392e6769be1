use super::ast::{ExprKind, Step, TemplatePart};
use super::*;
use crate::value::Str;

const FILE: FileId = FileId(0);

fn body(text: &str) -> Body {
    let (body, errors) = parse_body(FILE, text);
    assert_eq!(errors, vec![], "{text}");
    body
}

fn expr(text: &str) -> ExprKind {
    parse_expr(FILE, text).unwrap().kind
}

#[test]
fn places_are_those_of_the_file() {
    let text = "resource \"aws_x\" \"y\" {\n  name = \"é${var.a}\"\n  block {\n    n = 1\n  }\n}\n";
    let body = body(text);
    let block = &body.blocks[0];
    let at = |span: Span| &text[span.range()];
    assert_eq!(at(block.header), "resource \"aws_x\" \"y\"");
    assert_eq!(at(block.span), text.trim_end());
    assert_eq!(at(block.body.attributes[0].name_span), "name");
    assert_eq!(at(block.body.attributes[0].value.span), "\"é${var.a}\"");
    assert_eq!(at(block.body.blocks[0].header), "block");
    let ExprKind::Template(parts) = &block.body.attributes[0].value.kind else { panic!("a template") };
    let TemplatePart::Interpolation(inner) = &parts[1] else { panic!("an interpolation") };
    assert_eq!(at(inner.span), "var.a");
}

#[test]
fn one_broken_block_is_one_error_and_the_rest_is_kept() {
    let text = "variable \"a\" {}\nresource \"x\" \"bad\" {\n  a = = 1\n}\nresource \"x\" \"good\" {\n  a = 1\n}\n";
    let (body, errors) = parse_body(FILE, text);
    assert_eq!(errors.len(), 1);
    assert!(errors[0].message.contains("invalid expression"), "{}", errors[0].message);
    assert_eq!(text[..errors[0].span.start as usize].lines().count(), 3);
    let labels: Vec<Str> = body.blocks.iter().map(|b| b.label(1)).collect();
    assert_eq!(labels, ["", "good"]);
}

#[test]
fn an_unclosed_block_does_not_hide_the_next() {
    let (body, errors) = parse_body(FILE, "resource \"x\" \"bad\" {\n  a = \"1\n\nresource \"x\" \"good\" {\n  a = 1\n}\n");
    assert_eq!(errors.len(), 1);
    assert_eq!(body.blocks.len(), 1);
}

#[test]
fn duplicates() {
    let (found, errors) = parse_body(FILE, "b {\n  name = 1\n  other = 2\n  name = 3\n}\n");
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].message, "attribute `name` is set twice in one block");
    assert_eq!(found.blocks[0].body.attribute("name").unwrap().kind, ExprKind::Number(1.into()));
    let ExprKind::Object(items) = &body("a = {\n  k = 1\n  \"k\" = 2\n  k = 3\n}\n").attributes[0].value.kind else { panic!() };
    assert_eq!(items.iter().map(|i| i.key.as_str().unwrap()).collect::<Vec<_>>(), ["k", "k", "k"]);
}

#[test]
fn line_breaks_inside_of_for() {
    for text in [
        "a = { for k in x : k =>\n  k\n}\n",
        "a = { for k in x : k => k == 1 ?\n  2 : # c\n  3 }\n",
        "a = [for k in x :\r\n  {\r\n    a = 1\r\n    b = 2\r\n  }\r\n  if k ||\r\n  y]\r\n",
        "a = {\n  for k in concat(\n    x,\n    y\n  ) : k => merge(k, {\n    a = 1\n    b = 2\n  }) }\n",
    ] {
        body(text);
    }
}

#[test]
fn deep_nesting_is_an_error() {
    for (open, close) in [("[", "]"), ("(", ")"), ("{ a = ", " }"), ("\"${", "}\""), ("!", ""), ("f(", ")")] {
        let text = format!("a = {}1{}\n", open.repeat(10_000), close.repeat(10_000));
        let (_, errors) = parse_body(FILE, &text);
        assert_eq!(errors.len(), 1);
        assert!(errors[0].message.contains("64 levels deep"), "{}", errors[0].message);
    }
    let (_, errors) = parse_body(FILE, &format!("{}{}", "b {\n".repeat(10_000), "}\n".repeat(10_000)));
    assert_eq!(errors.len(), 1);
}

#[test]
fn traversals() {
    let ExprKind::Traversal(_, steps) = expr("a.b[0].2[*].c.*.d[\"k\"]") else { panic!("a traversal") };
    let shape: Vec<&str> = steps
        .iter()
        .map(|s| match s {
            Step::Attr(_) => "attr",
            Step::Index(_) => "index",
            Step::AttrSplat => ".*",
            Step::FullSplat => "[*]",
        })
        .collect();
    assert_eq!(shape, ["attr", "index", "index", "[*]", "attr", ".*", "attr", "index"]);
}

#[test]
fn numbers_keep_their_digits() {
    for (text, shown) in
        [("9007199254740993", "9007199254740993"), ("0.10", "0.1"), ("1e3", "1000"), ("123456789012345678901", "123456789012345678901")]
    {
        let ExprKind::Number(n) = expr(text) else { panic!("a number") };
        assert_eq!(n.to_string(), shown);
    }
}

#[test]
fn strip_markers_take_one_line() {
    let parts = |text: &str| parse_template(text, Span::new(FILE, 0..text.len()), false).unwrap().kind;
    let ExprKind::Template(found) = parts("a\n  ${~ x ~}\n  b") else { panic!("a template") };
    assert_eq!(found[0], TemplatePart::Literal("a\n".into()));
    assert_eq!(found[2], TemplatePart::Literal("  b".into()));
}
