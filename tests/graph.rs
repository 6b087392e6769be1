//! `iacscan graph` and `iacscan why` as a user runs them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

fn testdata(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(path)
}

/// Exit code, standard output and error of a run in a folder.
fn run(directory: &Path, args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_iacscan")).current_dir(directory).args(args).output().expect("iacscan runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn graph(directory: &Path, args: &[&str]) -> Json {
    let all: Vec<&str> = ["graph", "--quiet"].iter().chain(args).copied().collect();
    let (code, out, error) = run(directory, &all);
    assert_eq!(code, 0, "{error}");
    serde_json::from_str(&out).expect("JSON")
}

/// How many wires there are of each relation and verdict.
fn counts(graph: &Json) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for wire in graph["units"].as_array().into_iter().flatten().flat_map(|unit| unit["relations"].as_array().expect("relations")) {
        let text = |key: &str| wire[key].as_str().unwrap_or_default().to_owned();
        *out.entry(format!("{} {}", text("relation"), text("verdict"))).or_default() += 1;
    }
    out
}

#[test]
fn drawings_of_the_demo() {
    let demo = testdata("demo/shop-api");
    for format in ["dot", "mermaid"] {
        let (code, out, _) = run(&demo, &["graph", "--verdicts", "--format", format]);
        assert_eq!(code, 0);
        insta::assert_snapshot!(format!("relations_{format}"), out);
    }
    let json = graph(&demo, &["--verdicts"]);
    let shown = serde_json::to_string_pretty(&json["units"][0]["relations"]).expect("JSON");
    insta::assert_snapshot!("relations_json", shown);
}

const SAM_ADDS: [&str; 2] = ["grants not_judged", "attached_to not_judged"];

/// The same infrastructure has the same relations, with the same verdicts, in every format.
#[test]
fn every_format_has_the_same_relations() {
    let mut seen = BTreeMap::new();
    for entry in std::fs::read_dir(testdata("parity")).expect("the folder") {
        let folder = entry.expect("an entry").path();
        let of = |format: &str| {
            let mut counts = counts(&graph(&folder.join(format), &["--verdicts"]));
            // SAM makes permissions and roles of its own.
            counts.retain(|wire, _| format != "sam" || !SAM_ADDS.contains(&wire.as_str()));
            counts
        };
        let yaml = of("cloudformation-yaml");
        for format in ["cloudformation-json", "terraform-hcl", "terraform-json"] {
            assert_eq!(of(format), yaml, "{} in {format}", folder.display());
        }
        let mut without = yaml.clone();
        without.retain(|wire, _| !SAM_ADDS.contains(&wire.as_str()));
        assert_eq!(of("sam"), without, "{} in sam", folder.display());
        seen.extend(yaml);
    }
    for kind in
        ["calls broken", "calls works", "uses broken", "admitted_by broken", "reads_from broken", "sends_to broken", "runs_as broken"]
    {
        assert!(seen.contains_key(kind), "no case has {kind}: {seen:?}");
    }
}

#[test]
fn why_answers_with_its_exit_code() {
    let demo = testdata("demo/shop-api");
    let ask = |from: &str, to: &str| {
        let (code, out, error) = run(&demo, &["why", from, to]);
        (code, format!("{out}{error}"))
    };
    let (yes, works) = ask("stage.test", "aws_lambda_function.orders");
    let (no, broken) = ask("stage.prod", "aws_lambda_function.orders");
    let (none, nothing) = ask("aws_lambda_function.orders", "rest_api.shop");
    assert_eq!((yes, no, none), (0, 1, 1), "{works}\n{broken}\n{nothing}");
    insta::assert_snapshot!("why", format!("{works}\n{broken}\n{nothing}"));
    let (code, missing) = ask("aws_lambda_function.order", "nothing_like_it_at_all");
    assert_eq!(code, 2);
    assert!(missing.contains("nothing here is named `nothing_like_it_at_all`"), "{missing}");
    let (_, near) = ask("aws_lambda_function.ordres", "rest_api.shop");
    assert!(near.contains("near to it: ") && near.contains("`aws_lambda_function.orders`"), "{near}");
    let (code, ambiguous) = ask("orders", "rest_api.shop");
    assert!(code == 2 && ambiguous.contains("`orders` may be "), "{ambiguous}");
}

/// A role that is not declared here may allow anything.
#[test]
fn what_is_not_seen_is_not_denied() {
    let dir = tempfile::tempdir().expect("a folder");
    let template = "Parameters:\n  Role: { Type: String }\nResources:\n  Queue: { Type: 'AWS::SQS::Queue' }\n  Function:\n    Type: AWS::Lambda::Function\n    Properties: { Role: !Ref Role }\n";
    std::fs::write(dir.path().join("template.yaml"), template).expect("a file");
    let (code, out, error) = run(dir.path(), &["why", "Function", "Queue"]);
    assert_eq!(code, 3, "{out}{error}");
    assert!(out.contains("Not seen:"), "{out}");
}

#[test]
fn parts_of_a_graph() {
    let demo = testdata("demo/shop-api");
    let around = graph(&demo, &["--around", "alias.live", "--depth", "1"]);
    let nodes: Vec<&str> = around["units"][0]["nodes"].as_array().expect("nodes").iter().filter_map(|node| node["name"].as_str()).collect();
    assert_eq!(nodes, ["aws_api_gateway_stage.prod", "aws_lambda_function.orders", "aws_lambda_alias.live"]);
    let between = graph(&demo, &["--verdicts", "--from", "rest_api.shop", "--to", "aws_lambda_function.orders"]);
    assert_eq!(between["units"][0]["nodes"].as_array().map(Vec::len), Some(6));
    assert_eq!(run(&demo, &["graph", "--unit", "elsewhere"]).0, 2);
    assert_eq!(run(&demo, &["graph", "--around", "elsewhere_at_all"]).0, 2);
    let plain = graph(&demo, &[]);
    assert!(plain["units"][0]["relations"].as_array().expect("relations").iter().all(|wire| wire.get("verdict").is_none()));
}

/// Whatever the tree is named like, the page has no more elements than its own.
#[test]
fn a_page_takes_no_markup_from_the_tree() {
    let dir = tempfile::tempdir().expect("a folder");
    let hostile = "</script><img src=x onerror=alert(1)>";
    let template = format!(
        "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      DisplayName: '{hostile}'\n      Subscription:\n        - Protocol: sqs\n          Endpoint: '{hostile}'\n"
    );
    std::fs::write(dir.path().join("template.yaml"), template).expect("a file");
    let (code, page, _) = run(dir.path(), &["graph", "--format", "html"]);
    assert_eq!(code, 0);
    assert!(page.contains("\\u003c/script\\u003e\\u003cimg"), "the name is there, as text");
    assert!(!page.contains("<img") && !page.contains("onerror=alert(1)>"));
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(run(dir.path(), &["graph", "--format", "html"]).1, page, "the same input gives the same bytes");
}

/// What is sensitive is in no form of the graph: not as a value, not as the name of what lies outside.
#[test]
fn secrets_are_not_drawn() {
    let dir = tempfile::tempdir().expect("a folder");
    let source = r#"
variable "key" {
  sensitive = true
  default   = "Zx81-hush-hush-4711"
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/${var.key}"
  environment { variables = { TOKEN = var.key } }
}
resource "aws_sns_topic_subscription" "s" {
  topic_arn = "arn:aws:sns:eu-west-1:123456789012:t"
  protocol  = "https"
  endpoint  = "https://example.com/${var.key}"
}
"#;
    std::fs::write(dir.path().join("main.tf"), source).expect("a file");
    for format in ["json", "dot", "mermaid", "html"] {
        let (code, out, _) = run(dir.path(), &["graph", "--quiet", "--verdicts", "--format", format]);
        assert_eq!(code, 0);
        assert!(out.contains("aws_lambda_function.f") && !out.contains("hush"), "{format}: {out}");
    }
    for to in ["arn:aws:sns:eu-west-1:123456789012:t", "https://example", "https://exampel"] {
        let (_, out, error) = run(dir.path(), &["why", "aws_lambda_function.f", to]);
        assert!(!out.contains("hush") && !error.contains("hush"), "{out}{error}");
    }
}
