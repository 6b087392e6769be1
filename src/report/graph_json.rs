//! The resolved graph as JSON: a stable interface, described in the README. Fields are added, never renamed.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map as JsonMap, Value as Json};

use super::drawn_json;
use super::place::{Place, slashes};
use crate::drawing::{Drawing, DrawnNode};
use crate::finding::FileProblem;
use crate::secrets::Secrets;
use crate::source::{SourceMap, Span};
use crate::unit::{Mode, Opaque, Resource, Unit};
use crate::value::{Guard, Kind, List, Map, Number, Part, Str, Text, Unknown, Value};

/// The version of this interface: raised when a field changes its meaning.
pub const VERSION: u32 = 1;

/// Values nested deeper than this are written as unresolved.
const MAX_DEPTH: usize = 200;

/// What relates two resources of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Edge {
    /// Address of the resource that has the relation.
    pub from: Str,
    /// Address of the resource that it leads to.
    pub to: Str,
    /// `references`, `depends_on`, or the name of an AWS relation.
    pub relation: &'static str,
}

/// A unit and the relations that were found in it beyond its references.
#[derive(Clone, Debug)]
pub struct GraphUnit<'a> {
    /// The unit.
    pub unit: &'a Unit,
    /// AWS relations, in a deterministic order.
    pub relations: Vec<Edge>,
    /// What is drawn of it.
    pub drawing: Drawing,
}

/// How many explicit dependencies of one resource are drawn: each resource of a module waits for each of another's where one call
/// depends on the other.
const MAX_DRAWN: usize = 256;

impl GraphUnit<'_> {
    /// All edges: references, explicit dependencies, AWS relations.
    pub fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for resource in &self.unit.resources {
            let references = resource.references.iter().map(|id| (*id, "references"));
            let dependencies = resource.depends_on.iter().take(MAX_DRAWN).map(|id| (id, "depends_on"));
            for (id, relation) in references.chain(dependencies) {
                let known = self.unit.resources.get(id.0 as usize);
                edges.extend(known.map(|to| Edge { from: resource.address.clone(), to: to.address.clone(), relation }));
            }
        }
        edges.extend(self.relations.iter().cloned());
        edges
    }
}

/// What a drawing writes on a node: its name, and its type where the name does not say it.
pub(super) fn label(node: &DrawnNode) -> String {
    match node.kind.is_empty() || node.name.contains(node.kind.as_str()) {
        true => node.name.to_string(),
        false => format!("{}\n{}", node.name, node.kind),
    }
}

#[derive(Serialize)]
struct Document {
    version: u32,
    tool: Tool,
    units: Vec<UnitJson>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct UnitJson {
    root: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Str::is_empty")]
    world: Str,
    resources: Vec<ResourceJson>,
    edges: Vec<Edge>,
    nodes: Vec<drawn_json::NodeJson>,
    relations: Vec<drawn_json::WireJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    opaque: Vec<OpaqueJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemJson>,
}

#[derive(Serialize)]
struct ResourceJson {
    address: Str,
    #[serde(rename = "type")]
    kind: Str,
    mode: &'static str,
    file: Option<String>,
    line: Option<u32>,
    /// The conditions under which it exists, where they are not decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    /// Set where it stands for all instances over an unknown collection.
    #[serde(skip_serializing_if = "Option::is_none")]
    instances: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Str>,
    attributes: Json,
}

#[derive(Serialize)]
struct OpaqueJson {
    address: Str,
    source: Str,
    file: Option<String>,
    line: Option<u32>,
}

#[derive(Serialize)]
struct ProblemJson {
    severity: &'static str,
    message: String,
    file: String,
    line: Option<u32>,
}

/// Writes the units.
pub(super) fn write(units: &[GraphUnit<'_>], sources: &SourceMap, out: &mut dyn Write) -> io::Result<()> {
    let tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
    let document = Document { version: VERSION, tool, units: units.iter().map(|unit| unit_json(unit, sources)).collect() };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn unit_json(graph: &GraphUnit<'_>, sources: &SourceMap) -> UnitJson {
    let unit = graph.unit;
    UnitJson {
        root: slashes(&unit.root),
        kind: unit.kind.name(),
        world: unit.world.clone(),
        resources: unit.resources.iter().map(|resource| resource_json(resource, &unit.secrets, sources)).collect(),
        edges: graph.edges(),
        nodes: drawn_json::nodes(&graph.drawing, sources),
        relations: drawn_json::wires(&graph.drawing, sources),
        opaque: unit.opaque.iter().map(|opaque| opaque_json(opaque, sources)).collect(),
        problems: unit.problems.iter().map(|problem| problem_json(problem, sources)).collect(),
    }
}

pub(super) fn file_and_line(span: Span, sources: &SourceMap) -> (Option<String>, Option<u32>) {
    let place = Place::of(span, sources);
    (place.as_ref().map(|p| slashes(&p.path)), place.map(|p| p.start.line))
}

fn resource_json(resource: &Resource, secrets: &Secrets, sources: &SourceMap) -> ResourceJson {
    let (file, line) = file_and_line(resource.name_span.or(resource.span), sources);
    let instances = resource.symbolic.as_ref().map(|over| unresolved(over.to_string(), "the collection is not known".to_owned()));
    ResourceJson {
        address: resource.address.clone(),
        kind: resource.kind.clone(),
        mode: match resource.mode {
            Mode::Managed => "managed",
            Mode::Data => "data",
        },
        file,
        line,
        condition: (!resource.presence.is_always()).then(|| secrets.redact(&resource.presence.to_string()).into_owned()),
        instances: instances.map(|json| redacted(json, secrets)),
        origin: resource.origin.clone(),
        attributes: redacted(value_to_json(&resource.attributes), secrets),
    }
}

/// The same with secrets hidden in every text. Keys are names.
pub(super) fn redacted(json: Json, secrets: &Secrets) -> Json {
    if secrets.is_empty() {
        return json;
    }
    match json {
        Json::String(text) => Json::String(secrets.redact(&text).into_owned()),
        Json::Array(items) => items.into_iter().map(|item| redacted(item, secrets)).collect(),
        Json::Object(entries) => Json::Object(entries.into_iter().map(|(key, item)| (key, redacted(item, secrets))).collect()),
        Json::Null | Json::Bool(_) | Json::Number(_) => json,
    }
}

fn opaque_json(opaque: &Opaque, sources: &SourceMap) -> OpaqueJson {
    let (file, line) = file_and_line(opaque.span, sources);
    OpaqueJson { address: opaque.address.clone(), source: opaque.source.clone(), file, line }
}

fn problem_json(problem: &FileProblem, sources: &SourceMap) -> ProblemJson {
    ProblemJson {
        severity: problem.severity.name(),
        message: problem.message.clone(),
        file: slashes(&problem.path),
        line: file_and_line(problem.span, sources).1,
    }
}

/// A value as JSON. What is fully known is plain JSON, numbers with all their digits. Everything else is an object
/// `{"unresolved": "<source-like text>", "reason": "…"}`; a choice has its `alternatives` too. A list that may have more items
/// ends in such an object with `...` after its text, a map that may have more entries has one under the key `...`.
pub fn value_to_json(value: &Value) -> Json {
    to_json(value, 0)
}

fn to_json(value: &Value, depth: usize) -> Json {
    if depth > MAX_DEPTH {
        return unresolved("…".to_owned(), format!("nested deeper than {MAX_DEPTH} levels"));
    }
    match &value.kind {
        Kind::Null => Json::Null,
        Kind::Bool(b) => Json::Bool(*b),
        Kind::Number(number) => number_to_json(number),
        Kind::Text(text) => text_to_json(text),
        Kind::List(list) => list_to_json(list, depth),
        Kind::Map(map) => map_to_json(map, depth),
        Kind::Choice(branches) => choice_to_json(value, branches, depth),
        Kind::Attr(attr) => unresolved(attr.shown.to_string(), after_deploy(&attr.shown)),
        Kind::Unknown(unknown) => unresolved(unknown.shown.to_string(), unknown.message.to_string()),
    }
}

fn unresolved(shown: String, reason: String) -> Json {
    let mut object = JsonMap::new();
    object.insert("unresolved".to_owned(), Json::String(shown));
    object.insert("reason".to_owned(), Json::String(reason));
    Json::Object(object)
}

fn more(open: &Unknown) -> Json {
    unresolved(format!("{}...", open.shown), open.message.to_string())
}

fn after_deploy(shown: &str) -> String {
    format!("`{shown}` is known after the deploy")
}

fn number_to_json(number: &Number) -> Json {
    let text = number.to_string();
    text.parse::<serde_json::Number>().map_or(Json::String(text), Json::Number)
}

fn text_to_json(text: &Text) -> Json {
    match text.holes() {
        None => Json::String(text.as_known().unwrap_or_default().to_owned()),
        Some(parts) => unresolved(text.to_string(), reasons(parts)),
    }
}

/// The distinct reasons of a text's holes.
fn reasons(parts: &[Part]) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for part in parts {
        let reason = match part {
            Part::Literal(_) => continue,
            Part::Attr(attr) => after_deploy(&attr.shown),
            Part::Pseudo(pseudo) => format!("{} is known at the deploy", pseudo.name()),
            Part::Unknown(unknown) => unknown.message.to_string(),
        };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons.join("; ")
}

fn list_to_json(list: &List, depth: usize) -> Json {
    let items = list.items.iter().map(|item| to_json(item, depth + 1));
    Json::Array(items.chain(list.open.as_deref().map(more)).collect())
}

fn map_to_json(map: &Map, depth: usize) -> Json {
    let entries = map.entries.iter().map(|(key, item)| (key.to_string(), to_json(item, depth + 1)));
    Json::Object(entries.chain(map.open.as_deref().map(|open| ("...".to_owned(), more(open)))).collect())
}

fn choice_to_json(value: &Value, branches: &[(Guard, Value)], depth: usize) -> Json {
    let alternatives = branches.iter().map(|(guard, item)| {
        let mut object = JsonMap::new();
        object.insert("when".to_owned(), Json::String(guard.to_string()));
        object.insert("value".to_owned(), to_json(item, depth + 1));
        Json::Object(object)
    });
    let reason = value.first_unknown().map(|hole| hole.message()).unwrap_or_default();
    let mut object = unresolved(value.to_string(), reason);
    if let Json::Object(entries) = &mut object {
        entries.insert("alternatives".to_owned(), Json::Array(alternatives.collect()));
    }
    object
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::value::{AttrRef, ListShape, MapShape, Pseudo, Reason, ResourceId};

    fn none(kind: Kind) -> Value {
        Value::new(kind, Span::NONE)
    }

    fn attr() -> Arc<AttrRef> {
        Arc::new(AttrRef { resource: ResourceId(0), path: "arn".into(), shown: "aws_lambda_function.f.arn".into() })
    }

    #[test]
    fn numbers_keep_all_their_digits() {
        let value = none(Kind::Number(Number::parse("12345678901234567890.000000000000000001").expect("a number")));
        assert_eq!(value_to_json(&value).to_string(), "12345678901234567890.000000000000000001");
        assert_eq!(value_to_json(&none(Kind::Number(Number::Int(-3)))).to_string(), "-3");
    }

    #[test]
    fn a_text_with_holes_gives_all_reasons() {
        let account = Part::Pseudo(Pseudo::AccountId);
        let text = Text::from_parts([Part::Attr(attr()), Part::Literal(":".into()), account.clone(), account]);
        let expected = serde_json::json!({
            "unresolved": "${aws_lambda_function.f.arn}:${AWS::AccountId}${AWS::AccountId}",
            "reason": "`aws_lambda_function.f.arn` is known after the deploy; AWS::AccountId is known at the deploy",
        });
        assert_eq!(value_to_json(&none(Kind::Text(text))), expected);
    }

    #[test]
    fn open_collections_and_choices_say_so() {
        let open = Unknown::new(Reason::NoValue, "var.more", "variable `more` has no default", Span::NONE);
        let list = List { shape: ListShape::List, items: vec![Value::string("a", Span::NONE)], open: Some(open.clone()) };
        let more = serde_json::json!({"unresolved": "var.more...", "reason": "variable `more` has no default"});
        assert_eq!(value_to_json(&none(Kind::List(Arc::new(list)))), serde_json::json!(["a", more]));

        let map = Map { shape: MapShape::Map, entries: Default::default(), key_spans: Default::default(), open: Some(open) };
        assert_eq!(value_to_json(&none(Kind::Map(Arc::new(map)))), serde_json::json!({"...": more}));

        let branch = |name: &str, polarity| (Guard::when("IsProd", polarity), Value::string(name, Span::NONE));
        let choice = Value::choice(vec![branch("a", true), branch("b", false)], Span::NONE);
        let json = value_to_json(&choice);
        assert_eq!(json["unresolved"], "a when IsProd or b when not IsProd");
        assert_eq!(json["alternatives"][1], serde_json::json!({"when": "not IsProd", "value": "b"}));
    }

    #[test]
    fn deep_nesting_ends() {
        let mut value = Value::null(Span::NONE);
        for _ in 0..5_000 {
            value = Value::list(ListShape::Tuple, vec![value], Span::NONE);
        }
        assert!(value_to_json(&value).to_string().contains("nested deeper than 200 levels"));
        // Dropping a value this deep is the resolvers' concern: they never build one.
        std::mem::forget(value);
    }
}
