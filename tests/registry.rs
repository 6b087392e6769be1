//! Modules whose source is not there and that are modelled: what is said of them points into the user's files and can be done there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the tool prints about all cases with modelled modules.
fn run(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iacscan"));
    let output = command.args(arguments).args(cases()).current_dir(root()).output().expect("the tool runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn below(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).expect("a folder").flatten().map(|e| e.path()).collect()
}

/// The cases with modelled modules, seen from the repository.
fn cases() -> Vec<PathBuf> {
    let all = below(&root().join("testdata/rules")).into_iter().flat_map(|rule| below(&rule));
    let registry = all.filter(|c| c.file_name().is_some_and(|n| n.to_string_lossy().starts_with("tf-registry-")));
    let mut cases: Vec<PathBuf> = registry.filter_map(|c| c.strip_prefix(root()).ok().map(Path::to_owned)).collect();
    cases.sort();
    assert!(cases.len() > 10, "the cases of registry modules are there");
    cases
}

/// The files of the cases, as reports name them.
fn files() -> BTreeSet<String> {
    let paths = cases().into_iter().flat_map(|case| below(&root().join(case)));
    paths.filter_map(|p| Some(p.strip_prefix(root()).ok()?.to_string_lossy().replace('\\', "/"))).collect()
}

/// Every text under a key, wherever it stands.
fn all<'v>(value: &'v serde_json::Value, key: &str, out: &mut Vec<&'v str>) {
    match value {
        serde_json::Value::Object(map) => {
            out.extend(map.get(key).and_then(|v| v.as_str()));
            map.values().for_each(|v| all(v, key, out));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|v| all(v, key, out)),
        _ => {}
    }
}

#[test]
fn no_report_names_a_place_outside_of_the_user_s_files() {
    let known = files();
    for (arguments, key) in [
        (&["--fail-on", "never", "--format", "json"][..], "file"),
        (&["--fail-on", "never", "--format", "sarif"], "uri"),
        (&["graph", "--format", "json"], "file"),
    ] {
        let report: serde_json::Value = serde_json::from_str(&run(arguments)).expect("JSON");
        let mut places = Vec::new();
        all(&report, key, &mut places);
        places.retain(|place| !place.contains("://"));
        assert!(places.len() > 100, "{arguments:?}: {} places", places.len());
        for place in places {
            assert!(known.contains(place), "{place} in {arguments:?}");
        }
    }
    let text = run(&["--fail-on", "never", "--undecided", "--quiet"]);
    for line in text.lines().filter(|l| l.trim_start().starts_with("--> ") || l.trim_start().starts_with("::: ")) {
        let place = line.trim_start().get(4..).and_then(|p| p.split(':').next()).unwrap_or_default();
        assert!(known.contains(place), "{line}");
    }
}

/// Code to paste names nothing that only the module's own text could name.
#[test]
fn mends_can_be_written_by_the_caller() {
    let report: serde_json::Value = serde_json::from_str(&run(&["--fail-on", "never", "--format", "json"])).expect("JSON");
    let mut codes = Vec::new();
    all(&report, "code", &mut codes);
    for code in codes {
        for line in code.lines().filter(|l| !l.starts_with("resource ")) {
            let words = line.match_indices("module.").filter_map(|(at, _)| line[at..].split(['"', ' ', ',', '}']).next());
            assert!(words.clone().all(|w| !w.contains(".aws_")), "{code}");
            assert!(!line.contains("aws_lambda_function.this"), "{code}");
        }
    }
}
