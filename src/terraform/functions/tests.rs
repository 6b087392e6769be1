use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;

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
    call(name, args, &FunctionContext { workspace: &workspace, root_dir: Path::new("."), span: Span::NONE })
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
fn a_known_text_takes_replacements_with_holes() {
    let template = json!("{\"uri\": \"__ARN__\", \"more\": \"__ARN__\"}");
    let filled = "{\"uri\": \"${aws_x.y.arn}\", \"more\": \"${aws_x.y.arn}\"}";
    assert_eq!(shown("replace", &[template.clone(), json!("__ARN__"), attribute("arn")]), filled);
    assert_eq!(shown("replace", &[template, json!("/__[A-Z]+__/"), attribute("arn")]), filled);
    assert_eq!(shown("replace", &[json!("abc"), json!("x"), attribute("arn")]), "abc");
    // An unknown replacement may hold `$1`, which stands for a group of the pattern.
    assert_eq!(shown("replace", &[json!("ab"), json!("/(a)/"), variable("to")]), "${replace(\"ab\", \"/(a)/\", var.to)}");
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
    assert_eq!(shown("merge", &[variable("tags"), json!({"a": 1})]), "{a = 1, …}");
    assert_eq!(shown("merge", &[json!({"a": 1}), variable("tags")]), "{a = ${merge({a = 1}, var.tags).a}, …}");
    let open = run("concat", &[json!(["a"]), variable("more")]).unwrap();
    assert_eq!(shown("length", std::slice::from_ref(&open)), "${length([a, …])}");
    assert_eq!(shown("contains", &[open.clone(), json!("a")]), "true");
    assert_eq!(shown("contains", &[open, json!("b")]), "${contains([a, …], \"b\")}");
    assert_eq!(shown("keys", &[run("merge", &[json!({"b": 1, "a": 2}), variable("tags")]).unwrap()]), "[a, b, …]");
}

#[test]
fn a_slice_has_the_length_that_its_indices_say() {
    assert_eq!(shown("slice", &[variable("azs"), json!(0), json!(2)]), "[${var.azs[0]}, ${var.azs[1]}]");
    assert_eq!(shown("slice", &[variable("azs"), json!(1), json!(1)]), "[]");
    let endless = shown("slice", &[variable("azs"), json!(0), json!(1_000_000_000_000_i64)]);
    assert!(endless.starts_with("${slice("), "{endless}");
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

#[test]
fn encoded_texts_are_valid_around_their_holes() {
    let mut policy = IndexMap::new();
    policy.insert("Resource".into(), attribute("arn"));
    let parts = [Part::Literal("<".into()), Part::Unknown(unknown_of(&variable("env"))), Part::Literal("\"".into())];
    policy.insert("Name".into(), Value::new(Kind::Text(Text::from_parts(parts)), Span::NONE));
    let policy = Value::map(MapShape::Object, policy, Span::NONE);
    let json = run("jsonencode", std::slice::from_ref(&policy)).unwrap();
    assert_eq!(json.to_string(), r#"{"Name":"\u003c${var.env}\"","Resource":${aws_x.y.arn}}"#);
    assert_eq!(shown("yamlencode", &[policy]), "\"Name\": \"<${var.env}\\\"\"\n\"Resource\": ${aws_x.y.arn}\n");
    let back = run("jsondecode", &[run("jsonencode", &[json!({"a": ["x"]})]).unwrap()]).unwrap();
    assert_eq!(back.to_string(), "{a = [x]}");
    let parts = [Part::Literal("{\"a\": \"x-".into()), Part::Unknown(unknown_of(&variable("env"))), Part::Literal("\"}".into())];
    let text = Value::new(Kind::Text(Text::from_parts(parts)), Span::NONE);
    assert_eq!(shown("jsondecode", std::slice::from_ref(&text)), "{a = x-${var.env}}");
    assert_eq!(shown("yamldecode", &[text]), "{a = x-${var.env}}");
    assert!(matches!(run("jsondecode", &[json]).unwrap().kind, Kind::Unknown(_)));
}

#[test]
fn formats_keep_holes() {
    let arn = [json!("arn:%s:%s:%d"), attribute("name"), either(json!("a"), json!("b")), variable("n")];
    let formatted = "arn:${aws_x.y.name}:a:${format(\"%d\", var.n)} when c or arn:${aws_x.y.name}:b:${format(\"%d\", var.n)} when not c";
    assert_eq!(shown("format", &arn), formatted);
    assert_eq!(shown("formatlist", &[json!("%s/*"), json!(["a"])]), "[a/*]");
    let list = Value::list(ListShape::Tuple, vec![attribute("arn"), json!("b")], Span::NONE);
    assert_eq!(shown("formatlist", &[json!("%s/*"), list]), "[${aws_x.y.arn}/*, b/*]");
}

#[test]
fn many_alternatives_become_holes_before_the_whole_is_unknown() {
    let choices: Vec<Value> = (0..6)
        .map(|i| {
            let guard = |b| Guard::when(format!("c{i}"), b);
            Value::choice(vec![(guard(true), json!("x")), (guard(false), json!("y"))], Span::NONE)
        })
        .collect();
    let list = Value::list(ListShape::Tuple, choices, Span::NONE);
    let json = run("jsonencode", &[list]).unwrap();
    let Kind::Text(text) = &json.kind else { panic!("{json}") };
    assert_eq!(text.holes().map(|parts| parts.iter().filter(|p| matches!(p, Part::Unknown(_))).count()), Some(6));
}

#[test]
fn impure_functions_and_files_are_unknown() {
    for (name, args, reason) in [
        ("timestamp", vec![], Reason::Impure),
        ("uuid", vec![], Reason::Impure),
        ("bcrypt", vec![json!("x")], Reason::Impure),
        ("plantimestamp", vec![], Reason::Impure),
        ("file", vec![json!("no/such/file")], Reason::File),
        ("filemd5", vec![json!("~/x")], Reason::File),
    ] {
        assert_eq!(unknown_of(&run(name, &args).unwrap()).reason, reason, "{name}");
    }
    assert_eq!(shown("fileexists", &[json!("no/such/file")]), "false");
    assert_eq!(shown("fileexists", &[json!("Cargo.toml")]), "true");
    assert_eq!(shown("fileset", &[json!("src/terraform/functions"), json!("{json,ya?l}.rs")]), "[json.rs, yaml.rs]");
    assert_eq!(shown("fileset", &[json!("src"), json!("**/functions/f[m-p]*.rs")]), "[terraform/functions/format.rs]");
}

#[test]
fn functions_of_the_aws_provider() {
    let arn = run("provider::aws::arn_parse", &[json!("arn:aws:iam::444455556666:role/a/b")]).unwrap();
    assert_eq!(arn.to_string(), "{partition = aws, service = iam, region = , account_id = 444455556666, resource = role/a/b}");
    let built = run("provider::aws::arn_build", &[json!("aws"), json!("sns"), json!("eu-west-1"), variable("account"), json!("t")]);
    assert_eq!(built.unwrap().to_string(), "arn:aws:sns:eu-west-1:${var.account}:t");
    assert_eq!(shown("provider::aws::trim_iam_role_path", &[json!("arn:aws:iam::1:role/a/b")]), "arn:aws:iam::1:role/b");
}

#[test]
fn values_that_stand_for_far_more_than_they_take_are_not_followed() {
    let mut value = json!("x");
    for _ in 0..60 {
        value = Value::list(ListShape::Tuple, vec![value.clone(), value], Span::NONE);
    }
    for name in ["jsonencode", "yamlencode", "flatten", "tolist", "toset", "distinct"] {
        assert_eq!(unknown_of(&run(name, std::slice::from_ref(&value)).unwrap()).reason, Reason::Limit, "{name}");
    }
    let open = run("concat", &[value, variable("more")]).unwrap();
    assert!(shown("length", &[open]).ends_with("…)}"));
    let long = json!("\n".repeat(1 << 20));
    assert_eq!(unknown_of(&run("indent", &[json!(60000), long.clone()]).unwrap()).reason, Reason::Limit);
    assert_eq!(unknown_of(&run("replace", &[long.clone(), json!("\n"), long]).unwrap()).reason, Reason::Limit);
    assert!(run("format", &[json!("%999999999d"), json!(1)]).is_err());
}

#[test]
fn elements_wrap_around() {
    let list = json!(["a", "b", "c"]);
    for (index, want) in [(0, "a"), (2, "c"), (3, "a"), (7, "b"), (-1, "c"), (-2, "b"), (-3, "a"), (-4, "c")] {
        assert_eq!(shown("element", &[list.clone(), json!(index)]), want, "{index}");
    }
    assert!(shown("element", &[json!([]), json!(-1)]).starts_with("error: "));
    assert!(shown("element", &[list, json!(1.5)]).starts_with("error: "));
}

#[test]
fn block_scalars_of_yaml_are_what_they_would_be_plain() {
    for (text, want) in [("|-\n  5", "5"), (">-\n  true", "true"), ("|\n  5\n", "5\n"), ("|-\n", "null"), ("\"\"", ""), ("\"5\"", "5")] {
        assert_eq!(shown("yamldecode", &[json!(text)]), want, "{text}");
    }
    assert_eq!(shown("jsonencode", &[run("yamldecode", &[json!("[\"5\", 5]\n")]).unwrap()]), "[\"5\",5]");
}

#[test]
fn values_as_source_text() {
    let value = json!({ "a": 1, "long name": "x\"\n${y}", "list": [1, { "b": null, "cc": true }, {}], "last": {} });
    let text = "{\n  a    = 1\n  last = {}\n  list = [1, {\n    b  = null\n    cc = true\n  }, {}]\n  \"long name\" = \"x\\\"\\n$${y}\"\n}";
    assert_eq!(shown("provider::terraform::encode_expr", &[value]), text);
    let variables = json!({ "a": [], "bcd": "x", "o": { "k": 1 } });
    assert_eq!(shown("provider::terraform::encode_tfvars", &[variables]), "a   = []\nbcd = \"x\"\no = {\n  k = 1\n}\n");
    assert!(shown("provider::terraform::encode_tfvars", &[json!({ "a b": 1 })]).starts_with("error: "));
    assert_eq!(shown("provider::terraform::encode_expr", &[json!("")]), "\"\"");
    assert_eq!(shown("provider::terraform::encode_expr", &[json!(null)]), "null");
}
