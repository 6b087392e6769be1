//! OpenAPI 2.0 and 3.0 bodies of APIs: integrations and authorizers.

use std::collections::BTreeSet;

use crate::model::{document, read};
use crate::source::Span;
use crate::value::{Kind, Str, Value};

/// An integration of the body.
#[derive(Debug)]
pub struct BodyIntegration {
    /// `GET`, …, `ANY`.
    pub method: Str,
    /// `/orders/{id}`.
    pub path: Str,
    /// `x-amazon-apigateway-integration`, references followed.
    pub integration: Value,
}

/// An authorizer of the body.
#[derive(Debug)]
pub struct BodyAuthorizer {
    /// Its name in the body.
    pub name: Str,
    /// `x-amazon-apigateway-authorizer`.
    pub authorizer: Value,
}

/// What a body says.
#[derive(Debug, Default)]
pub struct Body {
    /// All integrations, in source order.
    pub integrations: Vec<BodyIntegration>,
    /// The authorizers that operations ask for, in source order: API Gateway calls no other.
    pub authorizers: Vec<BodyAuthorizer>,
    /// Why there may be more than these, and the place.
    pub open: Option<(String, Span)>,
}

const INTEGRATION: &str = "x-amazon-apigateway-integration";
const AUTHORIZER: &str = "x-amazon-apigateway-authorizer";
const SECURITY: &str = "security";
const ANY_METHOD: &str = "x-amazon-apigateway-any-method";

/// Reads a body. Null gives an empty one.
pub fn read_body(body: &Value) -> Body {
    let document = document::parse(body);
    let mut out = Body::default();
    match &document.kind {
        Kind::Null => {}
        Kind::Map(_) => {
            let asked_for = paths(&document, &mut out);
            authorizers(&document, &asked_for, &mut out);
        }
        _ => out.open = Some((reason(&document), body.span)),
    }
    out
}

fn reason(value: &Value) -> String {
    value.first_unknown().map_or_else(|| "the body is no OpenAPI document".to_owned(), |hole| hole.message())
}

/// Reads the integrations; returns the names of the security schemes that the operations ask for.
fn paths(document: &Value, out: &mut Body) -> BTreeSet<Str> {
    let mut asked_for = BTreeSet::new();
    let paths = read(document, "paths");
    note_open(&paths, out);
    let Some(map) = paths.as_map() else { return asked_for };
    let usual = read(document, SECURITY);
    for (path, item) in &map.entries {
        let referred = follow(document, item, out);
        note_open(&referred, out);
        let Some(item) = referred.as_map() else { continue };
        for (verb, operation) in &item.entries {
            let method = match verb.to_ascii_lowercase().as_str() {
                ANY_METHOD => "ANY".to_owned(),
                "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" => verb.to_ascii_uppercase(),
                _ => continue,
            };
            note_open(operation, out);
            let own = operation.get(SECURITY).filter(|own| !own.is_null());
            requirements(own.unwrap_or(&usual), &mut asked_for, out);
            let integration = follow(document, &read_key(operation, INTEGRATION), out);
            if !integration.is_null() {
                out.integrations.push(BodyIntegration { method: method.into(), path: path.clone(), integration });
            }
        }
    }
    asked_for
}

/// The schemes that a list of security requirements names. An operation's own list stands in place of the document's, an empty one for
/// none at all (OpenAPI Specification, "Operation Object").
fn requirements(security: &Value, names: &mut BTreeSet<Str>, out: &mut Body) {
    note_open(security, out);
    for (_, security) in security.alternatives() {
        let Kind::List(list) = &security.kind else { continue };
        if let Some(unknown) = &list.open {
            out.open.get_or_insert_with(|| (unknown.message.to_string(), unknown.span));
        }
        for requirement in &list.items {
            note_open(requirement, out);
            let each = requirement.alternatives();
            names.extend(each.iter().filter_map(|(_, one)| one.as_map()).flat_map(|map| map.entries.keys().cloned()));
        }
    }
}

/// How many references may lead to one another.
const MAX_REFERENCES: usize = 8;

/// What a path or an integration is: it may be a `$ref` into the document. One into another document cannot be followed.
fn follow(document: &Value, value: &Value, out: &mut Body) -> Value {
    let mut found = value.clone();
    for _ in 0..MAX_REFERENCES {
        let Some(reference) = found.get("$ref") else { return found };
        let Some(path) = reference.as_str().and_then(|reference| reference.strip_prefix("#/")) else { break };
        let step = |at: Value, segment: &str| read_key(&at, &segment.replace("~1", "/").replace("~0", "~"));
        let target = path.split('/').fold(document.clone(), step);
        found = target;
    }
    if let Some(reference) = found.get("$ref") {
        let reason = format!("the reference `{reference:#}` is not followed");
        out.open.get_or_insert((reason, reference.span.or(value.span)));
        return Value::null(value.span);
    }
    found
}

/// Like [`read`], for keys with dots in them.
fn read_key(value: &Value, key: &str) -> Value {
    match &value.kind {
        Kind::Choice(branches) => {
            let branches = branches.iter().map(|(g, v)| (g.clone(), read_key(v, key))).collect();
            Value::choice(branches, value.span)
        }
        Kind::Unknown(_) | Kind::Attr(_) => value.clone(),
        _ => value.get(key).cloned().unwrap_or_else(|| Value::null(value.span)),
    }
}

fn authorizers(document: &Value, asked_for: &BTreeSet<Str>, out: &mut Body) {
    for place in ["securityDefinitions", "components.securitySchemes"] {
        let schemes = read(document, place);
        note_open(&schemes, out);
        let Some(map) = schemes.as_map() else { continue };
        for (name, scheme) in map.entries.iter().filter(|(name, _)| asked_for.contains(*name)) {
            let scheme = follow(document, scheme, out);
            let authorizer = follow(document, &read_key(&scheme, AUTHORIZER), out);
            if !authorizer.is_null() {
                out.authorizers.push(BodyAuthorizer { name: name.clone(), authorizer });
            }
        }
    }
}

fn note_open(value: &Value, out: &mut Body) {
    let unknown = match &value.kind {
        Kind::Map(map) => map.open.is_some(),
        Kind::Unknown(_) | Kind::Attr(_) | Kind::Choice(_) => true,
        _ => false,
    };
    if unknown && out.open.is_none() {
        out.open = Some((reason(value), value.span));
    }
}
