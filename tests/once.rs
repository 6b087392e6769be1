//! Nobody reads the same thing twice: one line that several root modules, module calls or worlds lead to is one finding.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use iacscan::report::{self, Counts, Format, ReportOptions};
use iacscan::rules;
use iacscan::scan::{self, Progress, ScanOptions, Scanned};
use serde_json::Value as Json;

/// A public URL of a function: a finding at the line of its type of authentication.
const MODULE: &str = r#"
variable "name" {}

variable "auth" { default = "NONE" }

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = "arn:aws:iam::123456789012:role/worker"
}

resource "aws_lambda_function_url" "this" {
  function_name      = aws_lambda_function.this.function_name
  authorization_type = var.auth
}
"#;

fn call(name: &str) -> String {
    format!("module \"{name}\" {{\n  source = \"../../modules/worker\"\n  name   = \"{name}\"\n}}\n")
}

/// A tree of files.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    dir
}

fn scanned(folder: &Path) -> Scanned {
    let options = ScanOptions { rules: rules::all().iter().collect(), ..ScanOptions::default() };
    scan::scan(&[folder.to_owned()], Path::new("/nowhere"), &options, &Progress::default()).expect("a scan")
}

fn written(format: Format, scanned: &Scanned, folder: &Path) -> String {
    let options = ReportOptions { directory: folder.to_owned(), root: folder.to_owned(), undecided: true, ..ReportOptions::default() };
    let mut out = Vec::new();
    report::write(format, &scanned.report, &scanned.workspace.sources, &options, &mut out).expect("writing to memory");
    String::from_utf8(out).expect("UTF-8").replace(&format!("{}/", folder.display()), "")
}

/// What concise says of one rule, and where.
fn lines(rule: &str, folder: &Path) -> Vec<String> {
    let scanned = scanned(folder);
    let text = written(Format::Concise, &scanned, folder);
    let found = text.lines().filter(|line| line.contains(&format!("[{rule}]")));
    found.map(|line| line.to_owned()).collect()
}

#[test]
fn roots_and_calls_of_one_module_share_a_finding() {
    let (orders, users) = (call("orders"), call("users"));
    let both = format!("{orders}{users}");
    let dir = tree(&[
        ("modules/worker/main.tf", MODULE),
        ("envs/dev/main.tf", &orders),
        ("envs/prod/main.tf", &orders),
        ("envs/stage/main.tf", &both),
        // What another root does with the module is another matter.
        ("envs/test/main.tf", &orders.replace("}\n", "  auth   = \"AWS_IAM\"\n}\n")),
    ]);
    let found = lines("public-invoke", dir.path());
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("modules/worker/main.tf:13:24: "), "{found:#?}");
    assert!(found[0].ends_with("; also in `envs/prod` and `envs/stage`"), "{found:#?}");

    let scanned = scanned(dir.path());
    assert_eq!(Counts::of(&scanned.report).notes, 1);
    let json: Json = serde_json::from_str(&written(Format::Json, &scanned, dir.path())).expect("JSON");
    let findings: Vec<&Json> = json["units"].as_array().expect("units").iter().flat_map(|u| u["findings"].as_array().unwrap()).collect();
    assert_eq!(findings.len(), 1);
    let also: Vec<&str> = findings[0]["also"].as_array().expect("also").iter().filter_map(|e| e["root"].as_str()).collect();
    assert_eq!(also, ["envs/prod", "envs/stage", "envs/stage"]);
    let sarif: Json = serde_json::from_str(&written(Format::Sarif, &scanned, dir.path())).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(1));
}

/// No format has two equal results, whatever is scanned.
#[test]
fn no_two_results_are_equal() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    for folder in ["demo", "parity"] {
        let folder = testdata.join(folder);
        let scanned = scanned(&folder);
        let concise = written(Format::Concise, &scanned, &folder);
        let mut seen = HashSet::new();
        concise.lines().for_each(|line| assert!(seen.insert(line), "twice: {line}"));
        let sarif: Json = serde_json::from_str(&written(Format::Sarif, &scanned, &folder)).expect("JSON");
        let mut seen = HashSet::new();
        for result in sarif["runs"][0]["results"].as_array().expect("results") {
            let what = (&result["ruleId"], &result["locations"], &result["message"]["text"]);
            assert!(seen.insert(format!("{what:?}")), "twice: {what:?}");
        }
    }
}
