//! Plans in JSON: with the files that they were made from, and alone.

use std::path::Path;

use super::{Resolved, resolve_plan_with};
use crate::terraform::resolve_plan;
use crate::unit::Mode;
use crate::workspace::Workspace;

/// A plan that Terraform itself made.
fn real(name: &str) -> Resolved {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/plans").join(name).join("plan.json");
    let workspace = Workspace::default();
    Resolved { unit: resolve_plan(&path, &workspace), workspace }
}

const ADDRESSES: [&str; 13] = [
    "data.terraform_remote_state.rs",
    "module.m[\"p\"].module.inner.terraform_data.deep",
    "module.m[\"p\"].terraform_data.in",
    "module.m[\"q\"].module.inner.terraform_data.deep",
    "module.m[\"q\"].terraform_data.in",
    "terraform_data.a",
    "terraform_data.b[\"x\"]",
    "terraform_data.b[\"y\"]",
    "terraform_data.c[0]",
    "terraform_data.c[1]",
    "terraform_data.frommod",
    "terraform_data.plainref",
    "terraform_data.s",
];

fn addresses(plan: &Resolved) -> Vec<&str> {
    let mut found: Vec<&str> = plan.unit.resources.iter().map(|r| r.address.as_str()).collect();
    found.sort_unstable();
    found
}

#[test]
fn a_plan_beside_its_configuration() {
    let plan = real("built-in");
    assert_eq!(addresses(&plan), ADDRESSES);
    assert!(plan.problems().is_empty());
    assert_eq!(plan.shown("terraform_data.c[1]", "input"), "[${terraform_data.b[\"x\"].id}:live, 1, x-${terraform_data.a.id}, dev]");
    assert_eq!(plan.shown("module.m[\"q\"].terraform_data.in", "input"), "${terraform_data.a.id}/*/2");
    assert_eq!(plan.target("module.m[\"p\"].module.inner.terraform_data.deep", "input"), "module.m[\"p\"].terraform_data.in:id");
    assert_eq!(plan.text("data.terraform_remote_state.rs", "outputs.v"), "vv");
    // The place is the file's, also where the plan knows more.
    let span = plan.resource("terraform_data.s").name_span;
    assert!(plan.workspace.sources.file(span.file).path.ends_with("main.tf"));
    assert_eq!(plan.resource("terraform_data.s").depends_on.iter().count(), 2);
}

#[test]
fn a_plan_alone() {
    let plan = real("built-in-alone");
    assert_eq!(addresses(&plan), ADDRESSES);
    assert!(plan.problems().is_empty(), "{:?}", plan.problems());
    assert_eq!(plan.text("terraform_data.a", "input.name"), "a-dev");
    assert_eq!(plan.resource("data.terraform_remote_state.rs").mode, Mode::Data);
    // What is made of a reference is not known, but what it refers to is.
    assert!(plan.shown("module.m[\"q\"].terraform_data.in", "input").contains("var.ref"));
    let of =
        |address: &str| plan.resource(address).references.iter().map(|id| plan.unit.resource(*id).address.to_string()).collect::<Vec<_>>();
    assert_eq!(of("module.m[\"q\"].terraform_data.in"), ["terraform_data.a"]);
    assert_eq!(of("module.m[\"p\"].module.inner.terraform_data.deep"), ["module.m[\"p\"].terraform_data.in"]);
    let (first, second) = (plan.value("terraform_data.c[0]", "triggers_replace"), plan.value("terraform_data.c[1]", "triggers_replace"));
    assert_ne!(first.kind, second.kind, "two expressions with the same references need not be equal");
}

#[test]
fn what_is_sensitive_is_not_shown() {
    for name in ["built-in", "built-in-alone"] {
        let plan = real(name);
        let everything: String = plan.unit.resources.iter().map(|r| format!("{:?}", r.attributes)).collect();
        assert!(!everything.contains("hush"), "{name}");
        assert_eq!(plan.shown("terraform_data.a", "input.id"), "${terraform_data.a.input.id}", "{name}");
    }
}

/// A function and a permission that exist, and an API that is to be destroyed.
const UPDATE: &str = r#"{
  "format_version": "1.2", "terraform_version": "1.11.4",
  "planned_values": {"root_module": {"resources": [
    {"address": "aws_api_gateway_rest_api.a", "mode": "managed", "type": "aws_api_gateway_rest_api", "name": "a",
     "values": {"name": "a", "id": "abc123", "execution_arn": "arn:aws:execute-api:eu-west-1:123456789012:abc123"}, "sensitive_values": {}},
    {"address": "aws_lambda_permission.p", "mode": "managed", "type": "aws_lambda_permission", "name": "p",
     "values": {"source_arn": "arn:aws:execute-api:eu-west-1:123456789012:abc123/*/GET/x", "statement_id": "s"}, "sensitive_values": {}}
  ]}},
  "resource_changes": [
    {"address": "aws_api_gateway_rest_api.a", "mode": "managed", "type": "aws_api_gateway_rest_api", "name": "a",
     "change": {"actions": ["no-op"], "after_unknown": {}}},
    {"address": "aws_lambda_permission.p", "mode": "managed", "type": "aws_lambda_permission", "name": "p",
     "change": {"actions": ["update"], "after_unknown": {}}},
    {"address": "aws_api_gateway_rest_api.gone", "mode": "managed", "type": "aws_api_gateway_rest_api", "name": "gone",
     "change": {"actions": ["delete"], "after": null, "after_unknown": {}}}
  ],
  "configuration": {
    "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}}},
    "root_module": {"resources": [
      {"address": "aws_api_gateway_rest_api.a", "mode": "managed", "type": "aws_api_gateway_rest_api", "name": "a",
       "provider_config_key": "aws", "expressions": {"name": {"constant_value": "a"}}},
      {"address": "aws_lambda_permission.p", "mode": "managed", "type": "aws_lambda_permission", "name": "p", "provider_config_key": "aws",
       "expressions": {"source_arn": {"references": ["aws_api_gateway_rest_api.a.execution_arn", "aws_api_gateway_rest_api.a"]}}}
    ]}
  }
}"#;

#[test]
fn what_exists_is_a_reference_again() {
    let plan = resolve_plan_with(UPDATE, &[]);
    assert_eq!(addresses(&plan), ["aws_api_gateway_rest_api.a", "aws_lambda_permission.p"]);
    assert_eq!(plan.shown("aws_lambda_permission.p", "source_arn"), "${aws_api_gateway_rest_api.a.execution_arn}/*/GET/x");
    assert_eq!(plan.resource("aws_lambda_permission.p").region.as_str(), Some("eu-west-1"));
    // `statement_id` is computed, or it would stand in the configuration.
    assert!(plan.resource("aws_lambda_permission.p").attribute("statement_id").is_none());
}

#[test]
fn the_plan_wins_over_a_source_that_has_changed() {
    let source = r#"
resource "aws_api_gateway_rest_api" "a" { name = "b" }
resource "aws_lambda_permission" "p" { source_arn = "${aws_api_gateway_rest_api.a.execution_arn}/*/POST/x" }
resource "aws_sqs_queue" "later" {}
"#;
    let plan = resolve_plan_with(UPDATE, &[("main.tf", source)]);
    assert_eq!(addresses(&plan), ["aws_api_gateway_rest_api.a", "aws_lambda_permission.p"]);
    assert_eq!(plan.text("aws_api_gateway_rest_api.a", "name"), "a");
    assert_eq!(plan.shown("aws_lambda_permission.p", "source_arn"), "${aws_api_gateway_rest_api.a.execution_arn}/*/GET/x");
}

#[test]
fn what_was_not_planned_is_as_it_is_written() {
    let source = "resource \"aws_api_gateway_rest_api\" \"a\" {}\nresource \"aws_lambda_permission\" \"p\" {}\nresource \"aws_sqs_queue\" \"q\" { count = 2 }\n";
    let partial = UPDATE.replacen('{', "{\"complete\": false, ", 1);
    let plan = resolve_plan_with(&partial, &[("main.tf", source)]);
    assert_eq!(addresses(&plan), ["aws_api_gateway_rest_api.a", "aws_lambda_permission.p", "aws_sqs_queue.q[0]", "aws_sqs_queue.q[1]"]);
}

#[test]
fn what_either_tree_calls_sensitive_is_not_shown() {
    let secret = UPDATE
        .replace("\"name\": \"a\", \"id\"", "\"name\": \"hush\", \"tags\": {\"t\": \"hush\"}, \"id\"")
        .replace("\"constant_value\": \"a\"", "\"constant_value\": \"hush\"");
    let all = |text: &str| resolve_plan_with(text, &[]).unit.resources.iter().map(|r| format!("{:?}", r.attributes)).collect::<String>();
    assert!(all(&secret).contains("hush"));
    for after in ["{\"name\": true, \"tags\": {\"t\": true}}", "{\"name\": true, \"tags\": true}", "true"] {
        let change = format!("[\"no-op\"], \"after_sensitive\": {after}");
        assert!(!all(&secret.replace("[\"no-op\"]", &change)).contains("hush"), "{after}");
    }
    for values in ["{\"name\": true, \"tags\": {\"t\": true}}", "true"] {
        let marked = secret.replace("\"sensitive_values\": {}", &format!("\"sensitive_values\": {values}"));
        assert!(!all(&marked.replace("[\"no-op\"]", "[\"no-op\"], \"after_sensitive\": {}")).contains("hush"), "{values}");
    }
}

#[test]
fn a_plan_that_does_not_say_whether_it_is_complete() {
    let source = "resource \"aws_api_gateway_rest_api\" \"a\" {}\nresource \"aws_lambda_permission\" \"p\" {}\nresource \"aws_sqs_queue\" \"q\" {}\n";
    let more = |rest: &str| {
        let queue = format!(
            "\"resources\": [\n      {{\"address\": \"aws_sqs_queue.q\", \"mode\": \"managed\", \"type\": \"aws_sqs_queue\", \"name\": \"q\"{rest}}},"
        );
        UPDATE.replace("\"resources\": [\n      {", &format!("{queue}\n      {{"))
    };
    let written = |text: &str| addresses(&resolve_plan_with(text, &[("main.tf", source)])).contains(&"aws_sqs_queue.q");
    assert!(!written(UPDATE), "what the plan's configuration lacks was written later");
    assert!(written(&more("")), "left out by `-target`");
    assert!(!written(&more(", \"count_expression\": {\"constant_value\": 0}")), "none by its count");
    assert!(!written(&more("").replacen('{', "{\"complete\": true, ", 1)));
    assert!(written(&more("").replacen('{', "{\"complete\": true, \"errored\": true, ", 1)));
}

#[test]
fn a_call_without_a_name_leads_nowhere() {
    let call = UPDATE.replace(
        "\"root_module\": {\"resources\": [\n      {",
        "\"root_module\": {\"module_calls\": {\"\": {\"module\": {}}}, \"resources\": [\n      {",
    );
    assert_ne!(call, UPDATE);
    let plan = resolve_plan_with(&call, &[]);
    assert_eq!(addresses(&plan), ["aws_api_gateway_rest_api.a", "aws_lambda_permission.p"]);
    assert!(plan.problems().is_empty(), "{:?}", plan.problems());
}

#[test]
fn what_cannot_be_read_is_said() {
    let said = |text: &str| resolve_plan_with(text, &[]).problems();
    assert_eq!(said(&UPDATE.replace("\"1.2\"", "\"2.0\"")), ["2: a plan of the format `2.0` cannot be read: only 1.x can"]);
    assert!(said(&UPDATE[..UPDATE.len() / 2]).iter().all(|p| p.contains("the plan is no JSON")));
    assert_eq!(said(&UPDATE[..UPDATE.len() / 2]).len(), 1);
    let failed = UPDATE.replacen('{', "{\"errored\": true, ", 1);
    assert_eq!(said(&failed), ["1: planning failed, so the plan lacks what could not be planned"]);
    for (key, other) in
        [("root_module", "x"), ("resources", "x"), ("values", "x"), ("change", "x"), ("expressions", "x"), ("references", "constant_value")]
    {
        // Whatever is missing, nothing but that is.
        resolve_plan_with(&UPDATE.replace(&format!("\"{key}\""), &format!("\"{other}\"")), &[]);
    }
}
