//! Limits: each is in the table of `docs/limits.md`, and an input that runs into one says so and ends as not known.

use std::fs;
use std::path::{Path, PathBuf};

use iacscan::report::{self, Format, ReportOptions};
use iacscan::rules;
use iacscan::scan::{self, Progress, ScanOptions};

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn every_limit_is_in_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(root.join("docs/limits.md")).expect("the table");
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let mut missing = Vec::new();
    let mut count = 0;
    for file in files {
        let shown = file.strip_prefix(root).expect("below the root").display().to_string();
        let text = fs::read_to_string(&file).expect("a source file");
        for line in text.lines() {
            let Some((_, rest)) = line.split_once("const MAX_") else { continue };
            let (Some((name, _)), Some((_, value))) = (rest.split_once(':'), rest.split_once(" = ")) else { continue };
            let row = format!("| `MAX_{name}` | {} | `{shown}` |", value.trim_end_matches(';'));
            count += 1;
            if !table.contains(&row) {
                missing.push(row);
            }
        }
    }
    assert!(missing.is_empty(), "docs/limits.md lacks:\n{}", missing.join("\n"));
    assert_eq!(table.lines().filter(|line| line.starts_with("| `MAX_")).count(), count, "docs/limits.md has rows of limits that are gone");
}

/// The concise report on files.
fn said(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let options = ScanOptions { rules: rules::all().iter().collect(), ..ScanOptions::default() };
    let scanned = scan::scan(&[folder.path().to_owned()], Path::new("/nowhere"), &options, &Progress::default()).expect("a scan");
    let mut out = Vec::new();
    report::write(Format::Concise, &scanned.report, &scanned.workspace.sources, &ReportOptions::default(), &mut out).expect("a report");
    String::from_utf8(out).expect("UTF-8")
}

const LONG: &str = "locals {\n  l = flatten([for i in range(1000) : [for j in range(20) : { a = \"${i}-${j}\" }]])\n}\n";

#[test]
fn a_value_that_takes_too_long_is_not_known() {
    let text = format!("{LONG}resource \"aws_sqs_queue\" \"q\" {{\n  name = length([for x in local.l : local.l == [x]])\n}}\n");
    let said = said(&[("main.tf", &text)]);
    assert!(said.contains("not evaluated any further: evaluation takes more than 5000000 steps"), "{said}");
}

#[test]
fn a_value_that_takes_too_much_memory_is_not_known() {
    let text = format!("{LONG}resource \"aws_sqs_queue\" \"q\" {{\n  name = length([for x in range(1000) : local.l[*].a])\n}}\n");
    let said = said(&[("main.tf", &text)]);
    assert!(said.contains("not evaluated any further: evaluation takes more than 192 MiB of memory"), "{said}");
}

#[test]
fn the_rest_of_a_unit_goes_on() {
    let text = format!(
        "{LONG}locals {{\n  bad = [for x in local.l : local.l == [x]]\n}}\nresource \"aws_lambda_function\" \"f\" {{\n  function_name = length(local.bad)\n  role = aws_iam_role.r.arn\n  vpc_config {{\n    subnet_ids = [\"s\"]\n    security_group_ids = [\"g\"]\n  }}\n}}\nresource \"aws_iam_role\" \"r\" {{\n  assume_role_policy = jsonencode({{ Statement = [{{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = {{ Service = \"lambda.amazonaws.com\" }} }}] }})\n}}\n"
    );
    let said = said(&[("main.tf", &text)]);
    assert!(said.contains("not evaluated any further") && said.contains("[vpc-eni-permission]"), "{said}");
}

#[test]
fn what_is_left_out_is_said_once() {
    let module = "module \"m\" {\n  source = \"./m\"\n  count = 100\n}\n";
    let said = said(&[("main.tf", module), ("m/main.tf", "resource \"aws_sqs_queue\" \"q\" {\n  count = 5000\n}\n")]);
    assert_eq!(said.matches("more than 200000 resources: the rest is left out").count(), 1, "{said}");
}

#[test]
fn many_roles_of_one_unknown_name_are_undecided() {
    let text = |count: usize| {
        format!(
            "variable \"n\" {{}}\nresource \"aws_lambda_function\" \"f\" {{\n  count = {count}\n  function_name = \"f${{count.index}}\"\n  role = aws_iam_role.r[count.index].arn\n  vpc_config {{\n    subnet_ids = [\"s\"]\n    security_group_ids = [\"g\"]\n  }}\n}}\nresource \"aws_iam_role\" \"r\" {{\n  count = {count}\n  name = var.n\n  assume_role_policy = jsonencode({{ Statement = [{{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = {{ Service = \"lambda.amazonaws.com\" }} }}] }})\n}}\nresource \"aws_iam_role_policy\" \"p\" {{\n  role = var.n\n  policy = jsonencode({{ Statement = [{{ Effect = \"Allow\", Action = [\"logs:*\"], Resource = \"*\" }}] }})\n}}\n"
        )
    };
    let few = said(&[("main.tf", &text(3))]);
    assert!(few.contains("[vpc-eni-permission]"), "{few}");
    let many = said(&[("main.tf", &text(70))]);
    assert!(!many.contains("error[vpc-eni-permission]"), "{many}");
}

#[test]
fn heredocs_that_nothing_ends_take_no_time() {
    let said = said(&[("main.tf", &"x = <<E\n".repeat(30_000))]);
    assert!(said.contains("syntax-error"), "{said}");
}
