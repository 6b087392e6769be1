//! No secret is in any report: every format over every kind of place that a secret is written in.
//!
//! In `testdata/secrets` all that must not be shown contains `hush7`, `zq8`, `zq9` or `770077`, and all that is shown all the same `plain7`.

use std::path::Path;

use assert_cmd::Command;

/// What must not be shown, also in capitals and in Base64.
const SECRETS: [&str; 6] = ["hush7", "HUSH7", "zq8", "zq9", "770077", "aHVzaDc"];

const SCANS: [&str; 5] = ["text", "concise", "json", "sarif", "github"];
const GRAPHS: [&str; 4] = ["json", "dot", "mermaid", "stats"];

/// A tree, how many findings it has at least, and names and values that are shown: by a scan, and by the graph.
struct Tree {
    path: &'static str,
    findings: usize,
    scan: &'static [&'static str],
    graph: &'static [&'static str],
}

const TREES: [Tree; 7] = [
    Tree {
        path: "terraform",
        findings: 17,
        scan: &["plain7-variable", "plain7-local", "plain7-lifted", "aws_lambda_function.given", "main.tf"],
        graph: &[
            "plain7-function",
            "plain7-variable",
            "plain7-local",
            "plain7-lifted",
            "plain7-table",
            "LITERAL",
            "${aws_db_instance.d.address}",
        ],
    },
    Tree {
        path: "terraform-json",
        findings: 4,
        scan: &["plain7-variable", "aws_lambda_function.given", "main.tf.json"],
        graph: &["plain7-function", "plain7-variable", "KEY"],
    },
    Tree {
        path: "plan/plan.json",
        findings: 1,
        scan: &["plain7-role", "aws_lambda_function.a", "plan.json"],
        graph: &["plain7-function", "plain7-role", "KEY"],
    },
    Tree {
        path: "cloudformation",
        findings: 6,
        scan: &["plain7-parameter", "PresetFunction", "template.yaml"],
        graph: &["plain7-function", "plain7-parameter", "plain7-table", "LITERAL", "Database.Endpoint.Address"],
    },
    Tree {
        path: "cloudformation-json",
        findings: 2,
        scan: &["plain7-parameter", "PresetFunction", "template.json"],
        graph: &["plain7-function", "plain7-parameter", "LITERAL"],
    },
    Tree {
        path: "sam",
        findings: 2,
        scan: &["plain7-samconfig", "PresetFunction", "template.yaml"],
        graph: &["plain7-function", "LITERAL", "GLOBAL", "plain7-path"],
    },
    Tree { path: "broken", findings: 2, scan: &["plain7-role", "terraform.tfvars"], graph: &["plain7-role"] },
];

/// Standard output, and both streams.
fn run(arguments: &[&str]) -> (String, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/secrets");
    let mut command = Command::cargo_bin("iacscan").expect("the binary");
    let output = command.current_dir(folder).env_remove("CLICOLOR_FORCE").args(arguments).output().expect("a run");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let out = text(&output.stdout);
    let all = format!("{out}{}", text(&output.stderr));
    (out, all)
}

const GIVEN: [&str; 6] =
    ["--var", "given=hush7-given", "--var", "given_object={inner=\"hush7-object\"}", "--parameter", "Given=hush7-given"];

fn assert_none(all: &str, what: &str) {
    for secret in SECRETS {
        let line = all.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{what}: {}", line.unwrap_or_default());
    }
}

#[test]
fn no_report_shows_a_secret() {
    for tree in TREES {
        for format in SCANS {
            let what = format!("{} as {format}", tree.path);
            let (out, all) = run(&[&["-f", format, "--undecided", "-v", "--fail-on", "never", tree.path][..], &GIVEN].concat());
            assert_none(&all, &what);
            assert!(out.contains("(sensitive value)") || tree.path == "plan/plan.json" || format != "text", "{what} hides nothing:\n{out}");
            let found = match format {
                "text" => out.matches("error[").count(),
                "concise" => out.matches(": error[").count(),
                "json" => out.matches("\"severity\": \"error\"").count(),
                "sarif" => out.matches("\"ruleId\"").count(),
                _ => out.matches("::error ").count(),
            };
            assert!(found >= tree.findings, "{what} has {found} findings:\n{out}");
            tree.scan.iter().for_each(|shown| assert!(out.contains(shown), "{what} lacks {shown}:\n{out}"));
        }
    }
}

#[test]
fn no_graph_shows_a_secret() {
    for tree in TREES {
        for format in GRAPHS {
            let what = format!("the graph of {} as {format}", tree.path);
            let (out, all) = run(&[&["graph", "-f", format, tree.path][..], &GIVEN].concat());
            assert_none(&all, &what);
            assert!(out.lines().count() > 1, "{what}: {out}");
            if format == "json" {
                tree.graph.iter().for_each(|shown| assert!(out.contains(shown), "{what} lacks {shown}:\n{out}"));
                assert!(out.contains("(sensitive value)") || tree.path == "broken", "{what}:\n{out}");
            }
        }
    }
}

/// The environments that are looked for by themselves read more files.
#[test]
fn no_environment_shows_a_secret() {
    for tree in TREES {
        for format in SCANS {
            let (out, all) = run(&["-f", format, "--undecided", "-v", "--fail-on", "never", "--worlds", "auto", tree.path]);
            assert_none(&all, &format!("{} as {format}", tree.path));
            assert!(out.contains("plain7"), "{} as {format}: {out}", tree.path);
        }
    }
}

/// What is wrong with a value that the command line gives is told without the value, and where its variable is.
#[test]
fn a_wrong_value_is_not_shown() {
    for format in SCANS {
        let value = "secret={user=\"u\",password=\"hush7\"";
        let (out, all) = run(&["-f", format, "--undecided", "-v", "--fail-on", "never", "--var", value, "broken/main.tf"]);
        assert_none(&all, format);
        assert!(out.contains("the value of --var secret: unexpected token at column 26"), "{format}: {out}");
        assert!(!out.contains("--var%20") && !out.contains("--var secret="), "{format}: {out}");
        assert!(out.contains("main.tf"), "{format}: {out}");
    }
    for option in ["--var", "--parameter"] {
        let (_, all) = run(&[option, "hush7", "broken"]);
        assert_none(&all, option);
        assert!(all.contains("expected NAME=VALUE"), "{all}");
    }
}
