//! What users read of each rule, pinned: the message, every place with its label, the mend, the key, and why a check is undecided.
//!
//! `CASES` names a case or two of each rule under `testdata/rules`; what they say is in `tests/snapshots/messages__<rule>.snap`.
//! `INSTA_UPDATE=always cargo test --test messages` writes the snapshots anew: read their diff.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use iacscan::finding::{Finding, Label};
use iacscan::rules;
use iacscan::scan::{self, Progress, ReportedUndecided, ScanOptions};
use iacscan::source::SourceMap;

/// For each rule the cases that show what it says.
const CASES: &[(&str, &[&str])] = &[
    ("api-logging-role", &["cfn-no-trust", "cfn-role-parameter"]),
    ("api-not-redeployed", &["tf-no-triggers-depends-on", "cfn-one-method-not-waited-for"]),
    ("arn-mismatch", &["cfn-role-ref", "cfn-own-queue"]),
    (
        "competing-resources",
        &[
            "cfn-two-queue-policies",
            "tf-policy-within-and-apart",
            "tf-two-notifications",
            "tf-overlap-prefix-of-the-other",
            "tf-two-conditions",
        ],
    ),
    ("cors-methods-mismatch", &["cfn-leaves-out-put"]),
    ("cors-preflight", &["cfn-options-authorized", "tf-no-headers-header"]),
    ("dead-letter-permission", &["tf-queue-other-queue", "cfn-target-parameter"]),
    ("dead-trigger", &["cfn-bucket-objects", "tf-table-stream-variable"]),
    ("delivery-key-permission", &["cfn-rule-own-key", "tf-rule-topic-source-account", "tf-sns-key-of-aws", "tf-key-policy-unknown"]),
    ("delivery-permission", &["tf-s3-other-service", "cfn-rule-none", "tf-alarm-shut-out", "cfn-json-sns-none", "tf-sns-source-account"]),
    ("deployer-vpc-permission", &["cfn-create-function", "tf-unknown-policy"]),
    ("destination-permission", &["tf-bus-not-allowed", "cfn-role-parameter"]),
    ("environment-key-permission", &["tf-granted-on-other-key", "cfn-import", "sam-no-policy"]),
    ("event-source-mapping-permission", &["tf-dynamodb-on-table", "cfn-managed-policy-parameter"]),
    ("event-source-permission", &["cfn-events-wrong-source", "tf-opaque-module", "cfn-s3-none", "tf-s3-none-account-known"]),
    ("execution-role-trust", &["cfn-lambda-other-service", "cfn-lambda-parameter"]),
    ("file-system-permission", &["cfn-other-role"]),
    ("function-database-path", &["tf-egress-other-port", "cfn-range-parameter"]),
    ("function-database-vpc", &["cfn-no-vpc", "tf-vpc-config-unknown"]),
    ("function-logs-permission", &["tf-no-policy", "tf-unknown-policy"]),
    ("function-no-egress", &["tf-bucket", "cfn-subnet-parameter"]),
    ("function-public-subnet", &["tf-one-of-two", "cfn-table-parameter"]),
    (
        "function-resource-permission",
        &["tf-table-other", "tf-bucket-none", "cfn-machine-none", "tf-websocket-none", "tf-table-assumes-a-role"],
    ),
    ("function-url-permission", &["tf-url-alone", "cfn-none-nobody", "cfn-none-url-alone", "tf-opaque-module"]),
    ("integration-credentials", &["cfn-no-policy", "tf-no-trust", "cfn-role-parameter"]),
    ("integration-permission", &["cfn-granted-on-alias", "tf-credentials-unknown"]),
    ("integration-uri", &["cfn-get", "tf-alias-arn"]),
    ("permission-order", &["tf-s3-no-dependency"]),
    ("permission-other-account", &["tf-account-of-the-provider", "tf-account-unknown"]),
    ("permission-principal", &["cfn-queue-under-s3"]),
    ("permission-unscoped", &["cfn-none", "tf-s3-without-account"]),
    ("public-invoke", &["cfn-star", "tf-url-none"]),
    ("queue-visibility-timeout", &["cfn-shorter", "tf-unknown-queue"]),
    ("rds-cidr-ingress", &["cfn-ingress-resource", "cfn-parameter-without-value"]),
    ("rds-open-ingress", &["cfn-if-around-range", "tf-cidr-variable-without-default"]),
    ("rds-public", &["cfn-public-and-open", "tf-variable-without-value"]),
    ("role-policy-order", &["cfn-policy", "tf-attachment", "tf-mapping"]),
    ("security-group-other-vpc", &["tf-inline", "tf-group-of-data-source"]),
    ("stage-deployment-mismatch", &["tf-stage-of-other-api", "cfn-import-value"]),
    ("stage-variable-permission", &["cfn-one-alias-of-two", "cfn-import-value"]),
    ("stage-variable-undefined", &["cfn-misspelt", "tf-variables-unknown"]),
    ("subnet-overlap", &["cfn-overlap", "cfn-outside", "tf-variable"]),
    ("subscription-endpoint", &["cfn-sns-lambda-queue", "tf-sns-variable-protocol"]),
    (
        "target-role-permission",
        &["cfn-role-on-the-rule", "tf-machine-other-action", "tf-queue-role-without-action", "tf-machine-role-variable"],
    ),
    ("tracing-permission", &["tf-basic-only", "tf-unknown-mode"]),
    ("vpc-config-incomplete", &["cfn-group-of-other-vpc", "cfn-no-subnets", "tf-vpc-by-data-source"]),
    ("vpc-dedicated-tenancy", &["tf-dedicated", "cfn-parameter"]),
    ("vpc-eni-permission", &["cfn-create-on-subnet-only", "cfn-boundary-parameter"]),
];

#[test]
fn what_each_rule_says() {
    for (rule, cases) in CASES {
        let said: Vec<String> = cases.iter().map(|case| format!("# {case}\n\n{}", said(rule, case))).collect();
        insta::assert_snapshot!(*rule, said.join("\n"));
    }
}

/// The rules without a folder of cases say what the scan itself finds: `tests/worlds.rs` and `tests/malformed.rs` hold those.
#[test]
fn every_rule_is_shown() {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rules");
    let with_cases = rules::all().iter().map(|rule| rule.id).filter(|id| folders.join(id).is_dir());
    let missing: Vec<&str> = with_cases.filter(|id| !CASES.iter().any(|(rule, _)| rule == id)).collect();
    assert!(missing.is_empty(), "name a case of each of {missing:?} in CASES");
}

/// Every headline of every rule on every case fits into a line, but for the names in it.
#[test]
fn headlines_are_short() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let rules = std::fs::read_dir(testdata.join("rules")).expect("a folder").flatten().map(|entry| entry.path());
    let all: BTreeSet<String> = rules.chain([testdata.join("parity")]).flat_map(|folder| headlines(&folder)).collect();
    let long: Vec<&String> = all.iter().filter(|headline| measure(headline) > HEADLINE).collect();
    assert!(long.is_empty(), "{long:#?}");
    assert!(all.len() > 400, "{} headlines", all.len());
}

/// How many characters a headline has at most.
const HEADLINE: usize = 100;

/// What a long name counts: an address in a module or an ARN is as long as its owner made it, and nothing here can cut it.
const NAME: usize = 20;

/// The length of a headline, each name in backticks counted as [`NAME`] characters where it has more.
fn measure(headline: &str) -> usize {
    let lengths = headline.split('`').map(|piece| piece.chars().count()).enumerate();
    let pieces: usize = lengths.map(|(i, length)| if i % 2 == 1 { length.min(NAME) } else { length }).sum();
    pieces + headline.matches('`').count()
}

#[test]
fn the_measure_counts_long_names_as_short_ones() {
    assert_eq!(measure("`f` fails"), 9);
    assert_eq!(measure(&format!("`{}` fails", "x".repeat(50))), NAME + 8);
    assert_eq!(measure(&"x".repeat(101)), 101);
}

fn headlines(folder: &Path) -> Vec<String> {
    let options = ScanOptions { rules: rules::all().iter().collect(), ..ScanOptions::default() };
    let scanned = scan::scan(&[folder.to_owned()], Path::new(env!("CARGO_MANIFEST_DIR")), &options, &Progress::default());
    let scanned = scanned.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let findings = scanned.report.units.iter().flat_map(|unit| &unit.findings);
    findings.map(|reported| reported.finding.message.headline.clone()).collect()
}

/// What a scan of one case says with one rule.
fn said(rule: &str, case: &str) -> String {
    let folder = Path::new("testdata/rules").join(rule).join(case);
    let rules = vec![rules::by_id(rule).unwrap_or_else(|| panic!("there is no rule {rule}"))];
    let options = ScanOptions { rules, ..ScanOptions::default() };
    let scanned = scan::scan(std::slice::from_ref(&folder), Path::new(env!("CARGO_MANIFEST_DIR")), &options, &Progress::default())
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let sources = &scanned.workspace.sources;
    let mut out = String::new();
    for unit in &scanned.report.units {
        unit.findings.iter().for_each(|reported| finding(&mut out, &reported.finding, sources, &folder));
        unit.undecided.iter().for_each(|check| undecided(&mut out, check, sources, &folder));
    }
    assert!(!out.is_empty(), "{} says nothing", folder.display());
    out
}

fn finding(out: &mut String, finding: &Finding, sources: &SourceMap, folder: &Path) {
    let _ = writeln!(out, "{} {} {:?}\n{}", finding.severity.name(), finding.address, finding.key, finding.message);
    let mut label = |kind: &str, label: &Label| {
        let place = sources.place(label.span).replace(&format!("{}/", folder.display()), "");
        let text = sources.text(label.span);
        let _ = writeln!(out, "  {kind} {place} {} <- {}", text.lines().next().unwrap_or_default(), label.text);
    };
    label("at", &finding.primary);
    finding.related.iter().for_each(|related| label("see", related));
    finding.flow.iter().for_each(|step| label("step", step));
    if let Some(help) = &finding.help {
        let _ = writeln!(out, "  help: {}", help.text);
        help.code.lines().for_each(|line| out.push_str(&format!("{}\n", format!("    | {line}").trim_end())));
    }
}

fn undecided(out: &mut String, reported: &ReportedUndecided, sources: &SourceMap, folder: &Path) {
    let check = &reported.check;
    let place = |span| sources.place(span).replace(&format!("{}/", folder.display()), "");
    let _ = writeln!(out, "undecided {} at {}\n{}", check.address, place(check.span), check.reason);
    if !check.cause.is_none() {
        let _ = writeln!(out, "  cause {}", place(check.cause));
    }
}
