//! Templates whose values are known from other programs or from the CloudFormation User Guide (see the README beside them),
//! parameters at their defaults, in us-east-1 and account 123456789012. Each resource's `Value` must come to what `*.expected.json` has under its logical id;
//! a resource that is not there is not created.

use std::path::{Path, PathBuf};

use iacscan::finding::Severity;
use iacscan::internals::cloudformation::resolve;
use iacscan::options::ResolveOptions;
use iacscan::value::{Kind, Value};
use iacscan::workspace::Workspace;
use serde_json::{Map, Value as Json};

/// Scalars as CloudFormation passes them on, as text; holes as `${…}`.
fn json(value: &Value) -> Json {
    match &value.kind {
        Kind::Null => Json::Null,
        Kind::List(list) => Json::Array(list.items.iter().map(json).collect()),
        Kind::Map(map) => Json::Object(map.entries.iter().map(|(k, v)| (k.to_string(), json(v))).collect()),
        _ => Json::String(value.to_string()),
    }
}

fn check(template: &Path) {
    let options = ResolveOptions { region: Some("us-east-1".into()), account_id: Some("123456789012".into()), ..ResolveOptions::default() };
    let workspace = Workspace::new(options);
    let unit = resolve(template, &workspace);
    let errors: Vec<_> = unit.problems.iter().filter(|p| p.severity > Severity::Note).map(|p| &p.message).collect();
    assert!(errors.is_empty(), "{}: {errors:?}", template.display());
    let value = |r: &iacscan::unit::Resource| r.attribute("Value").map_or(Json::Null, json);
    let found: Map<String, Json> = unit.resources.iter().map(|r| (r.address.to_string(), value(r))).collect();
    let expected = std::fs::read_to_string(template.with_extension("expected.json")).unwrap();
    let expected: Map<String, Json> = serde_json::from_str(&expected).unwrap();
    for (name, value) in &expected {
        assert_eq!(found.get(name), Some(value), "{}: {name}", template.display());
    }
    let extra: Vec<&String> = found.keys().filter(|name| !expected.contains_key(*name)).collect();
    assert!(extra.is_empty(), "{}: not to be created: {extra:?}", template.display());
}

#[test]
fn values() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/oracles/cloudformation");
    let mut templates: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml") && path.with_extension("expected.json").is_file())
        .collect();
    templates.sort();
    assert!(!templates.is_empty());
    templates.iter().for_each(|template| check(template));
}
