//! Every folder of `testdata/worlds/` is a test of its own: the scan of that folder with the arguments in its file `args`.
//!
//! `expected` has a line per finding, `file:line severity rule address`, and per undecided check, `undecided rule address`,
//! each with the worlds in which it holds in brackets where that is not all of them; and what standard error says. With
//! `UPDATE_EXPECTED` set, it is written.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/worlds");
    let mut cases: Vec<PathBuf> = fs::read_dir(&root).expect("cases").flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect();
    cases.sort();
    let name = |case: &Path| case.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let trials = cases.into_iter().map(|case| Trial::test(name(&case), move || run(&case))).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn run(case: &Path) -> Result<(), Failed> {
    let args = fs::read_to_string(case.join("args")).unwrap_or_default();
    let mut command = Command::cargo_bin("iacscan")?;
    let output = command.current_dir(case).args(["--format", "json"]).args(args.lines()).output()?;
    let errors = String::from_utf8(output.stderr)?;
    let mut found = String::new();
    if output.status.code() == Some(2) {
        let _ = write!(found, "{errors}");
    } else {
        listed(&serde_json::from_slice(&output.stdout)?, &mut found);
    }
    let expected = case.join("expected");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&expected, &found)?;
    }
    match fs::read_to_string(&expected)? == found {
        true => Ok(()),
        false => Err(format!("found:\n{found}{errors}").into()),
    }
}

/// The findings and undecided checks of a report, sorted.
fn listed(report: &Value, out: &mut String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let worlds = |value: &Value| {
        let names: Vec<String> = list(&value["worlds"]).iter().map(text).collect();
        if names.is_empty() { String::new() } else { format!(" [{}]", names.join("; ")) }
    };
    let mut lines: Vec<String> = Vec::new();
    for unit in list(&report["units"]) {
        for finding in list(&unit["findings"]) {
            let place = format!("{}:{}", text(&finding["location"]["file"]), finding["location"]["line"]);
            let suppressed = if finding["suppressed"].is_null() { "" } else { "suppressed " };
            // What is wrong with a file is not told by its rule.
            let what = match finding["rule"] == "syntax-error" {
                true => text(&finding["message"]),
                false => text(&finding["address"]),
            };
            let (severity, rule) = (text(&finding["severity"]), text(&finding["rule"]));
            lines.push(format!("{place} {suppressed}{severity} {rule} {what}{}\n", worlds(&finding)));
        }
        for check in list(&unit["undecided"]) {
            lines.push(format!("undecided {} {}{}\n", text(&check["rule"]), text(&check["address"]), worlds(&check)));
        }
        for name in list(&unit["left_out"]) {
            lines.push(format!("left out {}\n", text(&name)));
        }
    }
    lines.sort();
    out.extend(lines);
}
