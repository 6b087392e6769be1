use super::*;
use crate::source::Span;
use crate::value::{Kind, ListShape, MapShape, Number};

fn text(s: &str) -> Value {
    Value::string(s, Span::NONE)
}

fn number(n: i64) -> Value {
    Value::new(Kind::Number(Number::Int(n)), Span::NONE)
}

fn tuple(items: Vec<Value>) -> Value {
    Value::list(ListShape::Tuple, items, Span::NONE)
}

fn object(entries: &[(&str, Value)]) -> Value {
    Value::map(MapShape::Object, entries.iter().map(|(k, v)| (Str::from(*k), v.clone())).collect(), Span::NONE)
}

#[test]
fn elements_become_one_type() {
    let mixed = tuple(vec![number(1), text("x"), Value::new(Kind::Bool(true), Span::NONE)]);
    assert_eq!(convert(&mixed, &Type::list(Type::Any)).unwrap().to_string(), "[1, x, true]");
    assert_eq!(unify([&number(1), &text("x")]), Type::String);
    assert_eq!(unify_types(&[Type::Number, Type::Bool]), None);
    assert_eq!(unify_types(&[Type::Tuple(vec![Type::Number]), Type::list(Type::String)]), Some(Type::list(Type::String)));
    assert!(convert(&tuple(vec![number(1), tuple(vec![])]), &Type::list(Type::Any)).is_err());
}

#[test]
fn sets_are_sorted_and_without_duplicates() {
    let set = convert(&tuple(vec![number(10), number(9), number(10)]), &Type::set(Type::Number)).unwrap();
    assert_eq!(set.to_string(), "[9, 10]");
    let set = convert(&tuple(vec![number(10), text("9"), number(10)]), &Type::set(Type::Any)).unwrap();
    assert_eq!(set.to_string(), "[10, 9]");
}

#[test]
fn optional_attributes_take_their_defaults() {
    let inner = Type::Object([("on".into(), ObjectAttr { ty: Type::Bool, optional: true, default: Some(text("true")) })].into());
    let ty = Type::Object(
        [
            ("port".into(), ObjectAttr::required(Type::Number)),
            ("meta".into(), ObjectAttr { ty: inner, optional: true, default: Some(object(&[])) }),
            ("name".into(), ObjectAttr { ty: Type::String, optional: true, default: None }),
        ]
        .into(),
    );
    let converted = convert(&object(&[("port", text("80")), ("extra", text("gone"))]), &ty).unwrap();
    assert_eq!(converted.to_string(), "{port = 80, meta = {on = true}, name = null}");
    assert!(convert(&object(&[]), &ty).is_err());
}

#[test]
fn equality_needs_equal_types() {
    assert_eq!(equal(&number(1), &text("1")), Some(false));
    assert_eq!(equal(&tuple(vec![]), &Value::list(ListShape::List, vec![], Span::NONE)), Some(false));
    assert_eq!(equal(&object(&[("a", number(1))]), &object(&[("a", number(1))])), Some(true));
    assert_eq!(equal(&Value::null(Span::NONE), &text("")), Some(false));
}
