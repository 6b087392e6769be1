//! Every module below `testdata/oracles/terraform` has been run by the real terraform, which wrote what each
//! `terraform_data`'s `input` came to into `expected.json`. The resolver must give the same. Modules named `partial-*` were only
//! planned: what terraform does not know yet is `(unknown)`, and must not be known here either, though parts of it may be.

use std::path::Path;

use iacscan::internals::terraform;
use iacscan::options::ResolveOptions;
use iacscan::report::graph_json::value_to_json;
use iacscan::unit::Mode;
use iacscan::workspace::Workspace;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Map, Value as Json};

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(2);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/oracles/terraform");
    let mut trials = Vec::new();
    for entry in std::fs::read_dir(&root).expect("the oracles are there").flatten() {
        let dir = entry.path();
        if dir.join("expected.json").is_file() {
            trials.push(Trial::test(entry.file_name().to_string_lossy(), move || check(&dir)));
        }
    }
    assert!(trials.len() >= 46, "only {} oracle modules", trials.len());
    libtest_mimic::run(&arguments, trials).exit();
}

fn check(dir: &Path) -> Result<(), Failed> {
    let expected: Map<String, Json> = serde_json::from_str(&std::fs::read_to_string(dir.join("expected.json"))?)?;
    let workspace = Workspace::new(ResolveOptions { workspace: Some("default".into()), ..ResolveOptions::default() });
    let unit = terraform::resolve(dir, &workspace);
    let mut wrong = Vec::new();
    for problem in &unit.problems {
        wrong.push(format!("{}: {}", workspace.sources.place(problem.span), problem.message));
    }
    let resources = unit.resources.iter().filter(|r| r.kind == "terraform_data" && r.mode == Mode::Managed);
    let found: Map<String, Json> =
        resources.map(|r| (r.address.to_string(), r.attributes.get("input").map_or(Json::Null, value_to_json))).collect();
    for (address, want) in &expected {
        match found.get(address) {
            Some(have) => compare(address, want, have, &mut wrong),
            None => wrong.push(format!("{address} is missing")),
        }
    }
    wrong.extend(found.keys().filter(|a| !expected.contains_key(*a)).map(|a| format!("{a} is not in terraform's answer")));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// What `generate.py` writes for a value that the plan does not know.
const UNKNOWN: &str = "(unknown)";

/// Whether a value is not known, or some part of it is not.
fn holds_unresolved(value: &Json) -> bool {
    match value {
        Json::Object(entries) => entries.contains_key("unresolved") || entries.values().any(holds_unresolved),
        Json::Array(items) => items.iter().any(holds_unresolved),
        _ => false,
    }
}

/// Reports the smallest parts that differ. Numbers are compared digit by digit.
fn compare(path: &str, want: &Json, have: &Json, wrong: &mut Vec<String>) {
    match (want, have) {
        (Json::Object(a), Json::Object(b)) if a.keys().all(|k| b.contains_key(k)) && a.len() == b.len() => {
            a.iter().for_each(|(key, value)| compare(&format!("{path}.{key}"), value, &b[key], wrong));
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(i, (a, b))| compare(&format!("{path}[{i}]"), a, b, wrong));
        }
        _ if want == have => {}
        (Json::String(unknown), have) if unknown == UNKNOWN && holds_unresolved(have) => {}
        _ => wrong.push(format!("{path}\n  terraform: {want}\n  iacscan:   {have}")),
    }
}
