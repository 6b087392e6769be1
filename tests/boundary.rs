//! A stranger's pull request: what it may make the scan read, write and show. Every marked text lies where no scan may look.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command as Program;

use assert_cmd::Command;
use tempfile::TempDir;

/// Stands in everything that lies outside.
const SECRET: &str = "MARKED_SECRET";
const FORMATS: [&str; 5] = ["text", "concise", "sarif", "json", "github"];
/// A finding that must survive whatever lies beside it.
const OPEN: &str = "resource \"aws_db_instance\" \"d\" {\n  engine = \"postgres\"\n  publicly_accessible = true\n}\n";

fn tree(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    dir
}

/// Exit code, and all that was printed.
fn run(dir: &Path, args: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("iacscan").expect("the binary");
    let output = command.current_dir(dir).args(args).timeout(std::time::Duration::from_secs(60)).output().expect("a run");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("no signal ends it"), text(&output.stdout) + &text(&output.stderr))
}

fn git(dir: &Path, args: &[&str]) {
    let done = Program::new("git").current_dir(dir).args(args).output().expect("git runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Runs in every format, with all that is undecided, and looks for what must not be shown.
fn shows_no_secret(dir: &Path, paths: &[&str]) -> String {
    let mut all = String::new();
    for format in FORMATS {
        let (code, text) = run(dir, &[paths, &["--undecided", "-v", "--fail-on", "never", "--format", format]].concat());
        assert!(!text.contains(SECRET), "{format}: {text}");
        assert!(code == 0 || code == 2, "{format}: {text}");
        all += &text;
    }
    let (_, graph) = run(dir, &[&["graph", "--format", "json"], paths].concat());
    assert!(!graph.contains(SECRET), "{graph}");
    all
}

fn function(role: &str) -> String {
    format!("resource \"aws_lambda_function\" \"f\" {{\n  function_name = \"f\"\n  role = {role}\n}}\n")
}

#[test]
fn links_that_lead_out_are_not_followed() {
    let dir =
        tree(&[("secret.tf", &format!("{SECRET} {{")), ("secret.json", &format!("{{\"role\": \"{SECRET}\"}}")), ("repo/main.tf", OPEN)]);
    let repo = dir.path().join("repo");
    fs::create_dir(repo.join(".git")).expect("a folder");
    symlink("../secret.tf", repo.join("x.tf")).expect("a link");
    symlink("../secret.json", repo.join("x.auto.tfvars.json")).expect("a link");
    symlink("/proc/self/environ", repo.join("environ.tf")).expect("a link");
    symlink("..", repo.join("up")).expect("a link");
    fs::write(repo.join("role.tf"), "variable \"role\" {}\n".to_owned() + &function("var.role") + "locals { a = file(\"up/secret.tf\") }")
        .expect("a file");
    let text = shows_no_secret(&repo, &["."]);
    assert!(text.contains("x.tf is a link that leads out of the project: not read"), "{text}");
    assert!(text.contains("rds-public"), "the finding beside it is lost: {text}");
    // What the user allows is read.
    let (_, text) = run(&repo, &[".", "--allow-outside", "../secret.json", "--format", "concise"]);
    assert!(text.contains(SECRET), "{text}");
}

#[test]
fn functions_and_modules_do_not_leave_the_project() {
    let role = function("file(\"../secret\")") + "module \"m\" {\n  source = \"../outside\"\n}\n";
    let outside = function(&format!("\"{SECRET}\""));
    for in_repository in [true, false] {
        let dir = tree(&[("secret", SECRET), ("proj/main.tf", &role), ("outside/main.tf", &outside), ("outside/data", SECRET)]);
        if in_repository {
            fs::create_dir(dir.path().join("proj/.git")).expect("a folder");
            shows_no_secret(dir.path(), &["proj"]);
            shows_no_secret(&dir.path().join("proj"), &["."]);
        } else {
            // Nothing says where the project ends: the module's Terraform files are read, and nothing else.
            let (_, text) = run(dir.path(), &["proj", "--format", "concise"]);
            assert!(text.contains("arn-mismatch"), "{text}");
            fs::write(dir.path().join("outside/main.tf"), function("file(\"${path.module}/data\")")).expect("a file");
            shows_no_secret(dir.path(), &["proj"]);
        }
    }
}

#[test]
fn the_configuration_cannot_widen_the_boundary() {
    let role = function("file(\"../secret\")");
    let dir = tree(&[("secret", SECRET), ("repo/main.tf", &role), ("repo/iacscan.toml", "[worlds]\ndev = [\"../secret\"]\n")]);
    let repo = dir.path().join("repo");
    fs::create_dir(repo.join(".git")).expect("a folder");
    shows_no_secret(&repo, &["."]);
    fs::remove_file(repo.join("iacscan.toml")).expect("a file");
    symlink("../secret", repo.join("iacscan.toml")).expect("a link");
    let (code, text) = run(&repo, &["."]);
    assert!(code == 2 && !text.contains(SECRET) && text.contains("leads out of the project"), "{text}");
}

#[test]
fn git_keeps_its_own() {
    let dir = tree(&[("main.tf", &function("file(\".git/config\")")), (".git/config", SECRET), ("sub/.git", SECRET)]);
    shows_no_secret(dir.path(), &["."]);
}

#[test]
fn pipes_and_devices_are_not_opened() {
    let exec = |script: &str| {
        format!("resource \"null_resource\" \"n\" {{\n  provisioner \"local-exec\" {{\n    command = \"sh {script}\"\n  }}\n}}\n")
    };
    let dir =
        tree(&[("zero/main.tf", &(exec("/dev/zero") + OPEN)), ("pipe/main.tf", &(exec("./p") + OPEN + &function("filebase64(\"p\")")))]);
    let made = Program::new("mkfifo").arg(dir.path().join("pipe/p")).arg(dir.path().join("pipe/.gitignore")).status().expect("mkfifo");
    assert!(made.success());
    for folder in ["zero", "pipe"] {
        let (_, text) = run(dir.path(), &[folder, "--format", "concise"]);
        assert!(text.contains("rds-public"), "{folder}: {text}");
    }
    let (code, text) = run(dir.path(), &["zero", "--var-file", "pipe/p"]);
    assert!(code != 0 && text.contains("not a regular file"), "{text}");
}

#[test]
fn what_git_tracks_cannot_be_ignored() {
    let dir = tree(&[("main.tf", OPEN), ("new/main.tf", OPEN), ("loose.tf", "")]);
    git(dir.path(), &["init", "-q"]);
    git(dir.path(), &["add", "main.tf"]);
    fs::write(dir.path().join(".gitignore"), "*.tf\nnew/\n").expect("a file");
    let (code, text) = run(dir.path(), &["--format", "concise", "."]);
    assert!(code == 1 && text.starts_with("main.tf:3:25: warning[rds-public]"), "{text}");
    let (_, text) = run(dir.path(), &["."]);
    assert!(text.contains("1 file and 1 folder left out by .gitignore"), "{text}");
}

#[test]
fn a_report_neither_follows_a_link_nor_replaces_a_source() {
    let dir = tree(&[("repo/main.tf", OPEN), ("precious", SECRET)]);
    let repo = dir.path().join("repo");
    symlink("../precious", repo.join("report.sarif")).expect("a link");
    let (code, _) = run(&repo, &["--format", "sarif", "--output", "report.sarif", "--fail-on", "never", "."]);
    assert_eq!(code, 0);
    assert_eq!(fs::read_to_string(dir.path().join("precious")).expect("a file"), SECRET);
    assert!(fs::read_to_string(repo.join("report.sarif")).expect("a file").contains("rds-public"));
    let (code, text) = run(&repo, &["--output", "main.tf", "."]);
    assert!(code == 2 && text.contains("is one of the scanned files"), "{text}");
    assert_eq!(fs::read_to_string(repo.join("main.tf")).expect("a file"), OPEN);
}

#[test]
fn escape_codes_are_not_printed() {
    let name = "r\u{1b}[31m\u{9b}2J\u{202e}\u{7}\u{e0041}\u{2028}";
    let dir = tree(&[
        ("main.tf", &function(&format!("\"{name}\" # {name}"))),
        (&format!("a{name}.yaml"), "a: b\n"),
        (&format!("b{name}/main.tf"), OPEN),
    ]);
    for format in ["text", "concise", "github"] {
        let (_, text) = run(dir.path(), &["-v", "--color", "never", "--format", format, "."]);
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{7}', '\u{e0041}', '\u{2028}']), "{format}: {text:?}");
    }
    for format in ["dot", "mermaid", "stats"] {
        let (_, text) = run(dir.path(), &["graph", "--format", format, "."]);
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{7}', '\u{e0041}', '\u{2028}']), "{format}: {text:?}");
    }
}

#[test]
fn no_input_ends_the_run() {
    let spread = "variable \"services\" {}\nmodule \"q\" {\n  for_each = var.services\n  source = \"../q\"\n}\n\
                  module \"f\" {\n  for_each = var.services\n  source = \"../f\"\n  queues = module.q\n}\n\
                  locals {\n  all = { for n, f in module.f : n => f.arn }\n}\n";
    let tags = OPEN.replace("engine", "tags = local.all\n  engine");
    let files = [
        ("half/main.tf", "resource \"aws_sqs_queue\" \"q\" {\n  name = é"),
        ("json/main.tf.json", "{\"locals\": {\"a\": \"${xéé\"}}"),
        ("open/main.tf", &(spread.to_owned() + &tags)),
        ("q/main.tf", "resource \"aws_sqs_queue\" \"q\" {}\noutput \"arn\" {\n  value = aws_sqs_queue.q.arn\n}\n"),
        ("f/main.tf", "variable \"queues\" {}\noutput \"arn\" {\n  value = [for q in var.queues : q.arn]\n}\n"),
        ("ok/main.tf", OPEN),
    ];
    let dir = tree(&files);
    let (code, text) = run(dir.path(), &["."]);
    assert_eq!(code, 1, "{text}");
    assert!(!text.contains("internal error") && !text.contains("panicked"), "{text}");
    assert_eq!(text.matches("rds-public").count(), 2, "{text}");
}
