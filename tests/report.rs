//! Every report format over a scan made by hand, so that a change of a format shows as a change of a snapshot.

use std::path::{Path, PathBuf};
use std::time::Duration;

use iacscan::finding::{FileProblem, Finding, Help, Label, Severity, Undecided};
use iacscan::report::{self, Edge, Format, GraphFormat, GraphUnit, ReportOptions};
use iacscan::scan::{self, DrawOptions, Reported, ReportedUndecided, ScanReport, Suppression, UnitReport};
use iacscan::source::{FileId, SourceMap, Span};
use iacscan::unit::UnitKind;
use iacscan::workspace::Workspace;
use serde_json::Value as Json;

const API: &str = r#"resource "aws_api_gateway_integration" "orders" {
  rest_api_id             = aws_api_gateway_rest_api.shop.id
  http_method             = "GET"
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${aws_lambda_function.orders.arn}:$${stageVariables.alias}/invocations"
}

resource "aws_api_gateway_stage" "prod" {
  stage_name = "prod"
  variables  = { alias = "live" }
}
"#;

const FUNCTIONS: &str = r#"resource "aws_lambda_permission" "orders" {
  function_name = aws_lambda_function.orders.function_name
  principal     = "apigateway.amazonaws.com"
}

variable "role_arn" {}
"#;

/// A scan's report and its sources.
struct Sample {
    sources: SourceMap,
    report: ScanReport,
}

fn options() -> ReportOptions {
    ReportOptions { directory: PathBuf::from("/repo/infra"), root: PathBuf::from("/repo"), width: 100, ..ReportOptions::default() }
}

fn render(format: Format, sample: &Sample, options: &ReportOptions) -> String {
    let mut out = Vec::new();
    report::write(format, &sample.report, &sample.sources, options, &mut out).expect("writing to memory");
    String::from_utf8(out).expect("UTF-8")
}

/// The span of the first occurrence of `text`.
fn at(sources: &SourceMap, file: FileId, text: &str) -> Span {
    let start = sources.file(file).text.find(text).expect("the text is in the file");
    Span::new(file, start..start + text.len())
}

fn reported(finding: Finding) -> Reported {
    Reported { finding, suppressed: None, worlds: vec![], also: vec![] }
}

fn unit(kind: UnitKind, root: &str, findings: Vec<Reported>) -> UnitReport {
    UnitReport {
        kind,
        root: root.into(),
        resources: findings.len(),
        findings,
        undecided: vec![],
        constructs: Default::default(),
        left_out: vec![],
        secrets: Default::default(),
    }
}

fn stage_finding(sources: &SourceMap, api: FileId, functions: FileId) -> Finding {
    let uri = Label::new(at(sources, api, "$${stageVariables.alias}"), "`live` in stage `prod`");
    let stage = Label::new(at(sources, api, "alias = \"live\""), "the stage sets it here");
    let block = "resource \"aws_lambda_permission\" \"orders\" {\n  function_name = aws_lambda_function.orders.function_name\n";
    let permission = Label::new(at(sources, functions, block), "granted on the function, the call goes to alias `live`");
    let code = "resource \"aws_lambda_permission\" \"orders_live\" {\n  qualifier = \"live\"\n\n  # 100% of calls\n}\n";
    Finding {
        rule: "stage-variable-permission",
        severity: Severity::Error,
        message: "every call of GET /orders in stage `prod` fails with HTTP 500 \"Invalid permissions on Lambda function\": no permission \
                  lets API Gateway invoke alias `live` of `orders`"
            .into(),
        primary: uri.clone(),
        related: vec![stage.clone(), permission.clone()],
        flow: vec![uri, stage, permission],
        help: Some(Help { text: "Let API Gateway invoke the alias.".into(), code: code.into() }),
        address: "aws_api_gateway_integration.orders".into(),
        key: "stage prod".into(),
    }
}

fn open_finding(sources: &SourceMap, template: FileId, number: usize) -> Finding {
    let start = sources.file(template).text.match_indices("0.0.0.0/0").nth(number).expect("an open range").0;
    Finding {
        rule: "rds-open-ingress",
        severity: if number == 0 { Severity::Warning } else { Severity::Note },
        message: "anyone may connect to `Db` on port 5432".into(),
        primary: Label::new(Span::new(template, start..start + 9), "the whole internet"),
        related: vec![],
        flow: vec![],
        help: Some(Help { text: "Name the group of the clients".into(), code: String::new() }),
        address: "DbGroup".into(),
        key: "".into(),
    }
}

fn terraform(sources: &SourceMap) -> UnitReport {
    let api = sources.add("shop/api.tf", API);
    let functions = sources.add("shop/functions, and more.tf", FUNCTIONS);
    let check = |address: &str, text: &str| Undecided {
        rule: "vpc-eni-permission",
        address: address.into(),
        span: at(sources, functions, text),
        reason: "variable `role_arn` has no default".into(),
        cause: at(sources, functions, "variable \"role_arn\""),
    };
    let undecided = |address: &str, text: &str| ReportedUndecided { check: check(address, text), worlds: vec![], listed: true };
    let undecided = vec![undecided("aws_lambda_function.a", "principal"), undecided("aws_lambda_function.b", "function_name")];
    UnitReport { undecided, ..unit(UnitKind::Terraform, "shop", vec![reported(stage_finding(sources, api, functions))]) }
}

/// A minified template: one line that no terminal could show.
fn minified(sources: &SourceMap) -> UnitReport {
    let filler = "\"Filler\":{\"Type\":\"AWS::SNS::Topic\"},".repeat(40);
    let rule = "{\"CidrIp\":\"0.0.0.0/0\",\"FromPort\":5432}";
    let text = format!("{{\"Resources\":{{{filler}\"DbGroup\":{{\"Ingress\":[{rule},{filler}{rule}]}}}}}}\n");
    let template = sources.add("../übung/db template.json", text);
    let suppressed = Some(Suppression { span: at(sources, template, "Filler"), reason: "a test bed, closed at night".into() });
    let findings =
        vec![reported(open_finding(sources, template, 0)), Reported { suppressed, ..reported(open_finding(sources, template, 1)) }];
    unit(UnitKind::CloudFormation, "../übung/db template.json", findings)
}

/// A file that could not be read: a finding without a place, and a notification.
fn locked() -> (UnitReport, FileProblem) {
    let problem = FileProblem {
        severity: Severity::Error,
        message: "cannot read locked.yaml: permission denied".into(),
        span: Span::NONE,
        path: "locked.yaml".into(),
        help: String::new(),
    };
    let finding = Finding {
        rule: "syntax-error",
        severity: Severity::Error,
        message: problem.message.as_str().into(),
        primary: Label::new(Span::NONE, ""),
        related: vec![],
        flow: vec![],
        help: None,
        address: "".into(),
        key: "".into(),
    };
    let reported = Reported { worlds: vec!["prod".into()], ..reported(finding) };
    (unit(UnitKind::Sam, "locked.yaml", vec![reported]), problem)
}

fn sample() -> Sample {
    let sources = SourceMap::new();
    let (locked, problem) = locked();
    let units = vec![minified(&sources), locked, terraform(&sources)];
    let report = ScanReport { units, files: 4, unreadable: vec![problem], elapsed: Duration::from_millis(12), ..ScanReport::default() };
    Sample { sources, report }
}

#[test]
fn text() {
    insta::assert_snapshot!(render(Format::Text, &sample(), &ReportOptions { undecided: true, verbose: true, ..options() }));
}

#[test]
fn concise() {
    insta::assert_snapshot!(render(Format::Concise, &sample(), &options()));
}

#[test]
fn github() {
    insta::assert_snapshot!(render(Format::Github, &sample(), &options()));
}

#[test]
fn json() {
    let json = render(Format::Json, &sample(), &options());
    insta::assert_snapshot!(json.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

/// The log as JSON, after it was left where `ci/sarif-check` validates it.
fn sarif(sample: &Sample, name: &str) -> Json {
    let log = render(Format::Sarif, sample, &options());
    std::fs::write(format!("{}/{name}.sarif", env!("CARGO_TARGET_TMPDIR")), &log).expect("a writable target folder");
    serde_json::from_str(&log).expect("JSON")
}

#[test]
fn sarif_results() {
    let mut log = sarif(&sample(), "sample");
    let rules = log["runs"][0]["tool"].take()["driver"]["rules"].take();
    for result in log["runs"][0]["results"].as_array_mut().expect("results") {
        // The index moves with every new rule; that it leads to the right one is what matters.
        let index = result.as_object_mut().and_then(|r| r.remove("ruleIndex")).and_then(|index| index.as_u64());
        assert_eq!(rules[index.expect("the index of a rule") as usize]["id"], result["ruleId"]);
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&log).expect("JSON"));
}

#[test]
fn an_empty_scan_is_a_whole_sarif_log() {
    let log = sarif(&Sample { sources: SourceMap::new(), report: ScanReport::default() }, "empty");
    let run = &log["runs"][0];
    assert_eq!(run["results"], serde_json::json!([]));
    assert_eq!(run["tool"]["driver"]["rules"].as_array().map(Vec::len), Some(iacscan::rules::all().len()));
}

#[test]
fn fingerprints_outlive_moved_lines() {
    let fingerprints = |text: &str| {
        let sources = SourceMap::new();
        let template = sources.add("a.json", text);
        let findings = vec![reported(open_finding(&sources, template, 0)), reported(open_finding(&sources, template, 1))];
        report::fingerprint::fingerprints(&unit(UnitKind::CloudFormation, "a.json", findings), &options())
    };
    let before = fingerprints("0.0.0.0/0 0.0.0.0/0");
    assert_eq!(before, fingerprints("\n\n0.0.0.0/0\n\n0.0.0.0/0"));
    assert_ne!(before[0], before[1], "two findings on one resource are two");
}

/// A file that cannot be read is known by its path: the one in the repository, wherever the scan was started.
#[test]
fn fingerprints_of_broken_files_do_not_hang_on_the_working_directory() {
    let fingerprints = |path: &str, directory: &str| {
        let sources = SourceMap::new();
        let mut finding = open_finding(&sources, sources.add("a", "0.0.0.0/0"), 0);
        (finding.rule, finding.address, finding.key) = ("syntax-error", path.into(), format!("cannot read {path}").as_str().into());
        let options = ReportOptions { directory: directory.into(), root: "/repo".into(), ..options() };
        let unit = unit(UnitKind::Terraform, path.rsplit_once('/').map_or("", |(folder, _)| folder), vec![reported(finding)]);
        report::fingerprint::fingerprints(&unit, &options)
    };
    let whole = fingerprints("sub/bad/main.tf", "/repo");
    assert_eq!(whole, fingerprints("bad/main.tf", "/repo/sub"));
    assert_eq!(whole, fingerprints("main.tf", "/repo/sub/bad"));
    assert_ne!(whole, fingerprints("main.tf", "/repo/sub"));
}

#[test]
fn nothing_found_is_said_in_one_line() {
    let report = |units| Sample {
        sources: SourceMap::new(),
        report: ScanReport { units, files: 1, unreadable: vec![], elapsed: Duration::from_millis(1250), ..ScanReport::default() },
    };
    let clean = report(vec![unit(UnitKind::Sam, "template.yaml", vec![])]);
    assert_eq!(render(Format::Text, &clean, &options()), "No findings; 0 resources in 1 file and 1 unit, 1.2 s.\n");
    let nothing = "No findings; 0 resources in 1 file and 0 units, 1.2 s.\n";
    assert_eq!(render(Format::Text, &report(vec![]), &options()), nothing);
    assert_eq!(render(Format::Concise, &clean, &options()) + &render(Format::Github, &clean, &options()), "");
}

/// The demo's function project, resolved, drawn and as JSON.
#[test]
fn the_graph_has_every_form() {
    let workspace = Workspace::default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/demo/shop-api");
    let unit = iacscan::internals::terraform::resolve(&root, &workspace);
    let invokes = Edge { from: "aws_api_gateway_stage.prod".into(), to: "aws_lambda_alias.live".into(), relation: "invokes" };
    let drawing = scan::drawing(&unit, &workspace.options, &DrawOptions::default()).expect("a drawing");
    let graph = GraphUnit { unit: &unit, relations: vec![invokes], drawing };
    let render = |format| {
        let mut out = Vec::new();
        report::write_graph(format, std::slice::from_ref(&graph), &workspace.sources, &mut out).expect("writing to memory");
        String::from_utf8(out).expect("UTF-8").replace(&format!("{}/", env!("CARGO_MANIFEST_DIR")), "")
    };
    insta::assert_snapshot!("graph_dot", render(GraphFormat::Dot));
    insta::assert_snapshot!("graph_mermaid", render(GraphFormat::Mermaid));
    let json: Json = serde_json::from_str(&render(GraphFormat::Json)).expect("JSON");
    let unit = &json["units"][0];
    assert_eq!((&unit["root"], &unit["kind"]), (&Json::from("testdata/demo/shop-api"), &Json::from("terraform")));
    let permission = &unit["resources"].as_array().and_then(|r| r.iter().find(|r| r["type"] == "aws_lambda_permission")).expect("one");
    assert_eq!(permission["attributes"]["qualifier"], "next");
    assert_eq!(permission["attributes"]["source_arn"]["unresolved"], "${aws_api_gateway_rest_api.shop.execution_arn}/*/GET/orders");
    assert_eq!(unit["edges"].as_array().and_then(|e| e.last()).map(|e| &e["relation"]), Some(&Json::from("invokes")));
}

#[test]
fn the_numbers_of_a_graph() {
    let dir = tempfile::tempdir().expect("a folder");
    let source = r#"
variable "env" {}
variable "zone" {}
resource "aws_lambda_function" "f" {
  function_name = "orders"
  role          = aws_iam_role.r.arn
  description   = "orders of ${var.env}"
  layers        = var.zone
  tags          = { zone = var.zone, env = var.env == "prod" ? "p" : "q" }
}
resource "aws_iam_role" "r" {}
resource "random_pet" "p" { prefix = var.zone }
"#;
    std::fs::write(dir.path().join("main.tf"), source).expect("a file");
    let unit = iacscan::internals::terraform::resolve(dir.path(), &Workspace::default());
    let mut out = Vec::new();
    let graph = GraphUnit { unit: &unit, relations: Vec::new(), drawing: Default::default() };
    report::write_graph(GraphFormat::Stats, &[graph], &Workspace::default().sources, &mut out).expect("writing to memory");
    let text = String::from_utf8(out).expect("UTF-8");
    let total = "total: 2 resources, 5 attributes: 1 (20.0 %) known, 1 (20.0 %) references, 2 (40.0 %) partly known, 1 (20.0 %) unknown\n";
    let reasons = "       3  a variable or parameter without a value\n       1  a condition that cannot be decided\n";
    assert!(text.ends_with(&format!("{total}{reasons}")), "{text}");
}

/// Resources that the CDK has written are known to their authors by the path of the construct.
#[test]
fn construct_paths() {
    let mut sample = sample();
    let unit = sample.report.units.iter_mut().find(|unit| !unit.findings.is_empty()).expect("a unit with findings");
    let address = unit.findings[0].finding.address.clone();
    unit.constructs.insert(address.clone(), "Shop/Orders/Resource".into());
    let text = render(Format::Text, &sample, &options());
    assert!(text.contains(&format!("`{address}` is the construct `Shop/Orders/Resource`")), "{text}");
    let json: Json = serde_json::from_str(&render(Format::Json, &sample, &options())).expect("JSON");
    let findings = json["units"].as_array().expect("units").iter().flat_map(|unit| unit["findings"].as_array().expect("findings"));
    let constructs: Vec<(&Json, &Json)> =
        findings.filter(|f| !f["construct"].is_null()).map(|f| (&f["address"], &f["construct"])).collect();
    assert!(!constructs.is_empty() && constructs.iter().all(|(a, c)| *a == address.as_str() && *c == "Shop/Orders/Resource"), "{json}");
    let sarif: Json = serde_json::from_str(&render(Format::Sarif, &sample, &options())).expect("JSON");
    let names = sarif.pointer("/runs/0/results/0/locations/0/logicalLocations").expect("logical locations");
    assert_eq!(names[0]["fullyQualifiedName"], address.as_str());
    assert_eq!(names[1]["fullyQualifiedName"], "Shop/Orders/Resource");
}
