//! SAM templates against what AWS's own translator makes of them (testdata/oracles/sam, written by generate.py there): the
//! whole expanded template, resource by resource. Left out are the hash in the logical id of a deployment and the text of its
//! description, both of which depend on how Python prints a dictionary, and orders that mean nothing. Parameters at their
//! defaults may stand as `Ref` or as text, since the translator changes some in passing. A `Condition` inside a `Condition`,
//! which the translator writes for a destination behind two conditions and CloudFormation could not read, is unwrapped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use iacscan::internals::sam::{self, Expansion};
use iacscan::internals::syntax::node::{Node, NodeKind, Style};
use iacscan::internals::syntax::yaml;
use iacscan::source::{SourceMap, Span};
use regex::Regex;
use serde_json::{Map, Value as Json};

fn folder() -> PathBuf {
    let other = std::env::var_os("ORACLE_SAM_FOLDER").map(PathBuf::from);
    other.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/oracles/sam"))
}

fn parse(path: &Path) -> Node {
    let sources = SourceMap::new();
    let text = std::fs::read_to_string(path).unwrap();
    let file = sources.add(path, text.as_str());
    let (node, errors) = yaml::parse(file, &text);
    assert!(errors.is_empty(), "{}: {errors:?}", path.display());
    node.unwrap()
}

/// Expands with parameters at their defaults, in us-east-1.
fn expand(template: &Node) -> Expansion {
    let parameters = |name: &str| match name {
        "AWS::Region" => Some("us-east-1".to_owned()),
        "AWS::Partition" => Some("aws".to_owned()),
        _ => template.get("Parameters")?.get(name)?.get("Default")?.as_str().map(str::to_owned),
    };
    let load = |path: &str| Some(folder().join(path)).filter(|p| p.is_file()).map(|p| parse(&p));
    sam::expand(template, &parameters, &load)
}

/// Scalars as text, since CloudFormation takes `1` and `"1"` for the same.
fn json(node: &Node) -> Json {
    match &node.kind {
        NodeKind::Scalar(..) if node.is_null() => Json::Null,
        NodeKind::Scalar(text, Style::Plain) => Json::String(match text.as_str() {
            "True" | "yes" | "Yes" | "on" | "On" => "true".to_owned(),
            "False" | "no" | "No" | "off" | "Off" => "false".to_owned(),
            other => other.to_owned(),
        }),
        NodeKind::Scalar(text, Style::Quoted) => Json::String(text.to_string()),
        NodeKind::Sequence(items) => Json::Array(items.iter().map(json).collect()),
        NodeKind::Mapping(entries) => Json::Object(entries.iter().map(|e| (e.key.as_str().unwrap().to_owned(), json(&e.value))).collect()),
    }
}

/// What both sides are brought into one spelling with.
struct Known<'a> {
    template: &'a Node,
    hash: Regex,
}

impl Known<'_> {
    /// A parameter at its default.
    fn parameter(&self, name: &str) -> Option<String> {
        self.template.get("Parameters")?.get(name)?.get("Default")?.as_str().map(str::to_owned)
    }
}

/// Both sides in one spelling: scalars as text, deployments without their hash, lists without a meaningful order sorted.
fn normal(value: &Json, key: &str, known: &Known) -> Json {
    match value {
        Json::String(text) => Json::String(known.hash.replace_all(text, "$1<hash>").into_owned()),
        Json::Bool(value) => Json::String(value.to_string()),
        Json::Number(value) => Json::String(value.to_string()),
        Json::Null => Json::Null,
        Json::Array(items) => {
            let mut items: Vec<Json> = items.iter().map(|i| normal(i, key, known)).collect();
            if matches!(key, "DependsOn" | "Resource" | "tags" | "Fn::Or") {
                items.sort_by_key(Json::to_string);
            }
            Json::Array(items)
        }
        Json::Object(map) => {
            if let Some(Json::Object(inner)) = map.get("Condition").filter(|c| map.len() == 1 && c.get("Condition").is_some()) {
                return normal(&Json::Object(inner.clone()), key, known);
            }
            if let Some(default) = map.get("Ref").filter(|_| map.len() == 1).and_then(Json::as_str).and_then(|r| known.parameter(r)) {
                return Json::String(default);
            }
            let entry = |(k, v): (&String, &Json)| (known.hash.replace_all(k, "$1<hash>").into_owned(), normal(v, k, known));
            let mut map: Map<String, Json> = map.iter().map(entry).collect();
            if map.get("Type").and_then(Json::as_str) == Some("AWS::ApiGateway::Deployment")
                && let Some(properties) = map.get_mut("Properties").and_then(Json::as_object_mut)
            {
                properties.remove("Description");
            }
            Json::Object(map)
        }
    }
}

/// The differences between two values, by path.
fn differences(path: &str, ours: &Json, expected: &Json, out: &mut Vec<String>) {
    match (ours, expected) {
        (Json::Object(a), Json::Object(b)) => {
            let keys: BTreeMap<&String, ()> = a.keys().chain(b.keys()).map(|k| (k, ())).collect();
            for key in keys.keys() {
                let path = format!("{path}/{key}");
                match (a.get(*key), b.get(*key)) {
                    (Some(a), Some(b)) => differences(&path, a, b, out),
                    (Some(a), None) => out.push(format!("{path}: only ours: {a}")),
                    (None, Some(b)) => out.push(format!("{path}: missing: {b}")),
                    (None, None) => {}
                }
            }
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                differences(&format!("{path}/{i}"), a, b, out);
            }
        }
        (a, b) if a == b => {}
        (a, b) => out.push(format!("{path}:\n      ours: {a}\n  expected: {b}")),
    }
}

fn check(template: &Path) -> Vec<String> {
    let node = parse(template);
    let expansion = expand(&node);
    let mut out: Vec<String> = expansion.problems.iter().map(|p| format!("problem: {}", p.message)).collect();
    let expected = std::fs::read_to_string(template.with_extension("expected.json")).unwrap();
    let expected: Json = serde_json::from_str(&expected).unwrap();
    let known = Known { template: &node, hash: Regex::new(r"(Deployment)[0-9a-f]{10}\b").unwrap() };
    differences("", &normal(&json(&expansion.template), "", &known), &normal(&expected, "", &known), &mut out);
    check_spans(&expansion.template, &mut out);
    out
}

/// Every node points into the template.
fn check_spans(node: &Node, out: &mut Vec<String>) {
    if node.span == Span::NONE {
        out.push(format!("no span: {:?}", node.kind));
    }
    node.items().unwrap_or_default().iter().for_each(|n| check_spans(n, out));
    node.entries().unwrap_or_default().iter().for_each(|e| check_spans(&e.value, out));
}

#[test]
fn expands_as_the_translator_does() {
    let only = std::env::var("ORACLE_SAM").ok();
    let mut templates: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml") && path.with_extension("expected.json").is_file())
        .filter(|path| only.as_ref().is_none_or(|o| path.to_string_lossy().contains(o.as_str())))
        .collect();
    templates.sort();
    assert!(!templates.is_empty());
    let mut failed = Vec::new();
    for template in &templates {
        let differences = check(template);
        if !differences.is_empty() {
            failed.push(format!("{}\n  {}", template.display(), differences.join("\n  ")));
        }
    }
    assert!(failed.is_empty(), "{} of {} differ:\n{}", failed.len(), templates.len(), failed.join("\n"));
}
