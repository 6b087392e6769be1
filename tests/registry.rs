//! Modules whose source is not there and that are modelled: what is said of them points into the user's files and can be done there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn run(arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_iacscan")).args(arguments).arg(".").current_dir(folder).output().expect("the tool runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{}: {errors}", folder.display());
    text
}

/// The cases with modelled modules.
fn cases() -> Vec<PathBuf> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rules");
    let below = |folder: &Path| -> Vec<PathBuf> { fs::read_dir(folder).expect("a folder").flatten().map(|e| e.path()).collect() };
    let all = below(&rules).into_iter().flat_map(|rule| below(&rule));
    let mut cases: Vec<PathBuf> = all.filter(|c| c.file_name().is_some_and(|n| n.to_string_lossy().starts_with("tf-registry-"))).collect();
    cases.sort();
    assert!(cases.len() > 10, "the cases of registry modules are there");
    cases
}

/// Every value of a key, wherever it stands.
fn all<'v>(value: &'v serde_json::Value, key: &str, out: &mut Vec<&'v serde_json::Value>) {
    match value {
        serde_json::Value::Object(map) => {
            out.extend(map.get(key));
            map.values().for_each(|v| all(v, key, out));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|v| all(v, key, out)),
        _ => {}
    }
}

#[test]
fn no_report_names_a_place_outside_of_the_user_s_files() {
    for case in cases() {
        let known: Vec<String> =
            fs::read_dir(&case).expect("a case").flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        for (arguments, key) in [
            (&["--fail-on", "never", "--format", "json"][..], "file"),
            (&["--fail-on", "never", "--format", "sarif"], "uri"),
            (&["graph", "--format", "json"], "file"),
        ] {
            let report: serde_json::Value = serde_json::from_str(&run(arguments, &case)).expect("JSON");
            let mut places = Vec::new();
            match key {
                "uri" => {
                    let mut locations = Vec::new();
                    all(&report, "artifactLocation", &mut locations);
                    places.extend(locations.iter().filter_map(|l| l.get("uri")));
                }
                _ => all(&report, key, &mut places),
            }
            for place in places.iter().filter_map(|p| p.as_str()) {
                // SARIF's places start at the repository.
                let below = known.iter().any(|name| name == place || case.join(name).ends_with(place));
                assert!(below, "{}: {place} in {arguments:?}", case.display());
            }
        }
        let text = run(&["--fail-on", "never", "--undecided", "--quiet"], &case);
        for line in text.lines().filter(|l| l.trim_start().starts_with("-->") || l.trim_start().starts_with(":::")) {
            assert!(known.iter().any(|name| line.contains(&format!(" {name}:"))), "{}: {line}", case.display());
        }
    }
}

/// Code to paste names nothing that only the module's own text could name.
#[test]
fn mends_can_be_written_by_the_caller() {
    for case in cases() {
        let report: serde_json::Value = serde_json::from_str(&run(&["--fail-on", "never", "--format", "json"], &case)).expect("JSON");
        let mut codes = Vec::new();
        all(&report, "code", &mut codes);
        for code in codes.iter().filter_map(|c| c.as_str()) {
            for line in code.lines().filter(|l| !l.starts_with("resource ")) {
                let inside = line
                    .match_indices("module.")
                    .any(|(at, _)| line[at..].split(['"', ' ', ',', '}']).next().is_some_and(|w| w.contains(".aws_")));
                assert!(!inside && !line.contains("aws_lambda_function.this"), "{}: {code}", case.display());
            }
        }
    }
}
