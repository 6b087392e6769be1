use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::value::{AttrRef, Guard, List, ListShape, MapShape, Number, Part, Pseudo, Reason, ResourceId, Text, Unknown};

pub(super) fn value(json: serde_json::Value) -> Value {
    let none = Span::NONE;
    match json {
        serde_json::Value::Null => Value::null(none),
        serde_json::Value::Bool(b) => Value::new(Kind::Bool(b), none),
        serde_json::Value::Number(n) => Value::new(Kind::Number(Number::parse(&n.to_string()).unwrap()), none),
        serde_json::Value::String(s) => Value::string(s, none),
        serde_json::Value::Array(items) => Value::list(ListShape::Tuple, items.into_iter().map(value).collect(), none),
        serde_json::Value::Object(map) => {
            Value::map(MapShape::Object, map.into_iter().map(|(k, v)| (Str::from(k), value(v))).collect(), none)
        }
    }
}

pub(super) fn variable(name: &str) -> Value {
    let shown = format!("var.{name}");
    Value::unknown(Unknown::identified(Reason::NoValue, shown.clone(), shown, "has no value", Span::NONE), Span::NONE)
}

fn attribute(path: &str) -> Value {
    let attr = AttrRef { resource: ResourceId(0), path: path.into(), shown: format!("aws_x.y.{path}").into() };
    Value::new(Kind::Attr(Arc::new(attr)), Span::NONE)
}

fn either(a: Value, b: Value) -> Value {
    Value::choice(vec![(Guard::when("c", true), a), (Guard::when("c", false), b)], Span::NONE)
}

pub(super) fn run(name: &str, args: &[Value]) -> Result<Value, String> {
    let workspace = Workspace::default();
    call(name, args, &FunctionContext { workspace: &workspace, root_dir: Path::new("."), module_dir: Path::new("."), span: Span::NONE })
}

fn shown(name: &str, args: &[Value]) -> String {
    run(name, args).map_or_else(|e| format!("error: {e}"), |v| v.to_string())
}

macro_rules! json {
    ($($t:tt)*) => { value(serde_json::json!($($t)*)) };
}

#[test]
fn holes_stay_where_they_are() {
    let with_hole = Value::new(
        Kind::Text(Text::from_parts([
            Part::Literal("Fn-".into()),
            Part::Unknown(unknown_of(&variable("env"))),
            Part::Literal("-X".into()),
        ])),
        Span::NONE,
    );
    assert_eq!(shown("lower", std::slice::from_ref(&with_hole)), "fn-${lower(\"${var.env}\")}-x");
    assert_eq!(shown("trimprefix", &[with_hole.clone(), json!("Fn-")]), "${var.env}-X");
    assert_eq!(shown("endswith", &[with_hole.clone(), json!("-X")]), "true");
    assert_eq!(shown("startswith", &[with_hole.clone(), json!("Gn")]), "false");
    assert_eq!(shown("startswith", &[with_hole.clone(), json!("Fn-p")]), "${startswith(\"Fn-${var.env}-X\", \"Fn-p\")}");
    assert_eq!(shown("substr", &[with_hole.clone(), json!(0), json!(2)]), "Fn");
    assert_eq!(shown("join", &[json!("/"), json!(["a", "b"]), value(serde_json::json!([]))]), "a/b");
    let list = Value::list(ListShape::Tuple, vec![json!("a"), attribute("arn"), with_hole], Span::NONE);
    assert_eq!(shown("join", &[json!(","), list]), "a,${aws_x.y.arn},Fn-${var.env}-X");
}

fn unknown_of(value: &Value) -> Arc<Unknown> {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.clone(),
        _ => panic!("not unknown"),
    }
}

#[test]
fn splitting_keeps_to_what_is_sure() {
    let parts = [Part::Literal("arn:aws:sns:".into()), Part::Pseudo(Pseudo::Region), Part::Literal(":1:t".into())];
    let arn = Value::new(Kind::Text(Text::from_parts(parts)), Span::NONE);
    assert_eq!(shown("split", &[json!(":"), arn]), "[arn, aws, sns, ${AWS::Region}, 1, t]");
    let parts = [Part::Literal("a,b".into()), Part::Unknown(unknown_of(&variable("rest")))];
    let rest = Value::new(Kind::Text(Text::from_parts(parts)), Span::NONE);
    assert_eq!(shown("split", &[json!(","), rest]), "[a, …]");
}

#[test]
fn collections_stay_open() {
    assert_eq!(shown("concat", &[json!(["a"]), variable("more")]), "[a, …]");
    assert_eq!(shown("merge", &[json!({"a": 1}), variable("tags")]), "{a = 1, …}");
    let open = run("concat", &[json!(["a"]), variable("more")]).unwrap();
    assert_eq!(shown("length", std::slice::from_ref(&open)), "${length([a, …])}");
    assert_eq!(shown("contains", &[open.clone(), json!("a")]), "true");
    assert_eq!(shown("contains", &[open, json!("b")]), "${contains([a, …], \"b\")}");
    assert_eq!(shown("keys", &[run("merge", &[json!({"b": 1, "a": 2}), variable("tags")]).unwrap()]), "[a, b, …]");
}

#[test]
fn a_function_of_a_choice_is_a_choice() {
    let env = either(json!("dev"), json!("prod"));
    assert_eq!(shown("upper", std::slice::from_ref(&env)), "DEV when c or PROD when not c");
    let both = run("join", &[json!("-"), Value::list(ListShape::Tuple, vec![env.clone(), env.clone()], Span::NONE)]).unwrap();
    assert_eq!(both.to_string(), "dev-dev when c or prod-prod when not c");
    assert_eq!(shown("length", &[either(json!([1]), json!([2]))]), "1");
    assert_eq!(shown("tonumber", &[either(json!("1"), json!("x"))]), "1 when c or ${tonumber(…)} when not c");
}

#[test]
fn the_same_function_of_the_same_unknown_is_the_same() {
    let identity = |v: Value| unknown_of(&v).identity.clone();
    let one = identity(run("strrev", &[variable("a")]).unwrap());
    assert!(one.is_some());
    assert_eq!(one, identity(run("strrev", &[variable("a")]).unwrap()));
    assert_ne!(one, identity(run("strrev", &[variable("b")]).unwrap()));
    let nameless = Value::unknown(Unknown::new(Reason::Computed, "x", "x", Span::NONE), Span::NONE);
    assert_eq!(identity(run("strrev", &[nameless]).unwrap()), None);
}

#[test]
fn wrong_arguments_are_errors() {
    for (name, args) in [
        ("nope", vec![]),
        ("upper", vec![]),
        ("upper", vec![json!("a"), json!("b")]),
        ("upper", vec![json!(null)]),
        ("upper", vec![json!(["a"])]),
        ("element", vec![json!([]), json!(0)]),
        ("element", vec![json!(["a"]), json!(-1)]),
        ("slice", vec![json!(["a"]), json!(1), json!(0)]),
        ("slice", vec![json!(["a"]), json!(0), json!(9)]),
        ("parseint", vec![json!("zz"), json!(10)]),
        ("range", vec![json!(100000)]),
        ("range", vec![json!(1), json!(2), json!(0)]),
        ("indent", vec![json!(-1), json!("a")]),
        ("zipmap", vec![json!(["a"]), json!([])]),
        ("regex", vec![json!("("), json!("a")]),
        ("chunklist", vec![json!(["a"]), json!(-1)]),
        ("setproduct", vec![json!(["a"])]),
    ] {
        assert!(run(name, &args).is_err(), "{name}");
    }
    let list = List { shape: ListShape::List, items: vec![], open: None };
    assert_eq!(run("length", &[Value::new(Kind::List(Arc::new(list)), Span::NONE)]).unwrap().as_i64(), Some(0));
}
