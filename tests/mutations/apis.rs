//! Breaks of APIs, and of the order and settings of what feeds a function.

use iacscan::unit::Resource;
use iacscan::value::Value;

use crate::subject::{Edit, Mutant, Subject};

const METHOD: [&str; 2] = ["AWS::ApiGateway::Method", "aws_api_gateway_method"];
const INTEGRATION: [&str; 2] = ["AWS::ApiGateway::Method", "aws_api_gateway_integration"];
const STAGE: [&str; 4] = ["AWS::ApiGateway::Stage", "aws_api_gateway_stage", "AWS::ApiGatewayV2::Stage", "aws_apigatewayv2_stage"];
const DEPLOYMENT: [&str; 2] = ["AWS::ApiGateway::Deployment", "aws_api_gateway_deployment"];
const REST: [&str; 2] = ["AWS::ApiGateway::RestApi", "aws_api_gateway_rest_api"];
const FUNCTION: [&str; 4] = ["AWS::Lambda::Function", "aws_lambda_function", "AWS::Lambda::Alias", "aws_lambda_alias"];
/// What AWS validates when it is created.
const VALIDATED: [&str; 8] = [
    "AWS::S3::Bucket",
    "AWS::Logs::SubscriptionFilter",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "aws_s3_bucket_notification",
    "aws_cloudwatch_log_subscription_filter",
    "aws_secretsmanager_secret_rotation",
    "aws_lb_target_group_attachment",
];
const PERMISSION: [&str; 2] = ["AWS::Lambda::Permission", "aws_lambda_permission"];

/// All breaks of the APIs, triggers and queues of a unit.
pub fn mutants(subject: &Subject) -> Vec<Mutant> {
    let mut out = Vec::new();
    for method in subject.of_kinds(&METHOD) {
        preflight(subject, method, &mut out);
    }
    methods_header(subject, &mut out);
    for integration in subject.of_kinds(&INTEGRATION) {
        uri(subject, integration, &mut out);
    }
    for stage in subject.of_kinds(&STAGE) {
        variables(subject, stage, &mut out);
    }
    for deployment in subject.of_kinds(&DEPLOYMENT) {
        redeployment(subject, deployment, &mut out);
    }
    other_api(subject, &mut out);
    for trigger in subject.of_kinds(&VALIDATED) {
        order(subject, trigger, &mut out);
    }
    for mapping in subject.of_kinds(&["AWS::Lambda::EventSourceMapping", "aws_lambda_event_source_mapping"]) {
        visibility(subject, mapping, &mut out);
    }
    out
}

fn mutant(operator: &'static str, rules: &'static [&'static str], edits: Vec<Edit>, at: &Resource) -> Mutant {
    Mutant { operator, rules, edits, at: at.id, what: at.address.to_string(), equivalent: None }
}

/// The OPTIONS method of a path that answers with CORS headers, gone or behind authorization.
fn preflight(subject: &Subject, method: &Resource, out: &mut Vec<Mutant>) {
    let Some(block) = subject.own_block(method) else { return };
    if block.at("HttpMethod", "http_method").and_then(|e| e.value.scalar()) != Some("OPTIONS") {
        return;
    }
    let rules: &[&str] = &["cors-preflight"];
    let mut gone = vec![method];
    let parts = ["aws_api_gateway_integration", "aws_api_gateway_method_response", "aws_api_gateway_integration_response"];
    for _ in 0..parts.len() {
        let more: Vec<&Resource> = gone.iter().flat_map(|r| subject.users(r.id, &parts)).collect();
        gone.extend(more);
        gone.sort_by_key(|r| r.id);
        gone.dedup_by_key(|r| r.id);
    }
    // What shows that the path is called from another origin has to be on another method of the same path.
    let path = block.at("ResourceId", "resource_id").map(|e| subject.entry_text(block, e).to_owned());
    let told = subject.unit.resources.iter().filter(|r| !gone.iter().any(|g| g.id == r.id)).any(|r| {
        subject.own_block(r).is_some_and(|b| {
            let resource = b.at("ResourceId", "resource_id").map(|e| subject.entry_text(b, e).to_owned());
            resource == path && subject.text(b).contains("Access-Control-Allow-Origin")
        })
    });
    if !told {
        return;
    }
    let edits: Vec<Edit> = gone.iter().filter_map(|r| subject.drop_with_dependencies(r.id)).flatten().collect();
    out.push(mutant("no OPTIONS", rules, edits, method));
    if let Some(edit) = subject.set(block, "AuthorizationType", "authorization", "\"AWS_IAM\"", "\"AWS_IAM\"") {
        out.push(mutant("OPTIONS needs authorization", rules, vec![edit], method));
    }
    if let Some(edit) = subject.set(block, "ApiKeyRequired", "api_key_required", "true", "true") {
        out.push(mutant("OPTIONS needs an API key", rules, vec![edit], method));
    }
}

/// The list of allowed methods without its first one.
fn methods_header(subject: &Subject, out: &mut Vec<Mutant>) {
    let kinds = ["AWS::ApiGateway::Method", "aws_api_gateway_integration_response"];
    for resource in subject.of_kinds(&kinds) {
        let Some(block) = subject.own_block(resource) else { continue };
        for entry in block.entry.value.deep(&["method.response.header.Access-Control-Allow-Methods"]) {
            let Some(listed) = entry.value.scalar().filter(|text| text.starts_with('\'') && text.contains(',')) else { continue };
            let mut methods: Vec<&str> = listed.trim_matches('\'').split(',').map(str::trim).collect();
            let Some(index) = methods.iter().position(|m| *m != "OPTIONS") else { continue };
            methods.remove(index);
            let edit = subject.with(block, entry, format!("\"'{}'\"", methods.join(",")));
            out.push(mutant("a method fewer in the header", &["cors-methods-mismatch"], vec![edit], resource));
        }
    }
}

/// An integration that calls the function in a way that does not work.
fn uri(subject: &Subject, integration: &Resource, out: &mut Vec<Mutant>) {
    let Some(block) = subject.own_block(integration) else { return };
    let rules: &[&str] = &["integration-uri"];
    let kind = block.at("Integration.Type", "type").and_then(|e| e.value.scalar());
    let Some(target) = subject.used(integration, &FUNCTION).first().copied().filter(|_| matches!(kind, Some("AWS" | "AWS_PROXY"))) else {
        return;
    };
    if let Some(entry) = block.at("Integration.IntegrationHttpMethod", "integration_http_method") {
        out.push(mutant("integration method GET", rules, vec![subject.with(block, entry, "\"GET\"")], integration));
    }
    let Some(entry) = block.at("Integration.Uri", "uri") else { return };
    let text = subject.entry_text(block, entry);
    if !block.cloudformation {
        if text.contains("aws_lambda_") && text.contains(".invoke_arn") {
            let edit = subject.with(block, entry, text.replace(".invoke_arn", ".arn"));
            out.push(mutant("function ARN as the URI", rules, vec![edit], integration));
        }
        return;
    }
    let arn = match target.kind.as_str() {
        "AWS::Lambda::Function" => format!("{{ \"Fn::GetAtt\": [\"{}\", \"Arn\"] }}", target.address),
        _ => format!("{{ \"Ref\": \"{}\" }}", target.address),
    };
    // A list in the next line stays there.
    out.push(mutant("function ARN as the URI", rules, vec![subject.with(block, entry, arn)], integration));
}

/// A stage without one of the variables that an integration uses.
fn variables(subject: &Subject, stage: &Resource, out: &mut Vec<Mutant>) {
    let Some(block) = subject.own_block(stage) else { return };
    let name = if stage.kind.contains("V2") || stage.kind.contains("v2") { "StageVariables" } else { "Variables" };
    let Some(entry) = block.at(name, "variables").or_else(|| block.at(name, "stage_variables")) else { return };
    let entries = entry.value.entries();
    for variable in &entries {
        let used = subject.files.iter().any(|f| f.text.contains(&format!("stageVariables.{}", variable.key)));
        if used {
            let edit = if entries.len() == 1 { subject.without(block, entry) } else { subject.without(block, variable) };
            out.push(mutant("stage variable removed", &["stage-variable-undefined"], vec![edit], stage));
        }
    }
}

/// A deployment that waits for nothing.
fn redeployment(subject: &Subject, deployment: &Resource, out: &mut Vec<Mutant>) {
    let Some(block) = subject.own_block(deployment) else { return };
    let body_only = subject.used(deployment, &REST).iter().all(|api| subject.users(api.id, &METHOD).is_empty());
    if body_only {
        return;
    }
    let entries = [block.beside("DependsOn", "depends_on"), block.at("-", "triggers"), block.at("-", "stage_description")];
    let edits: Vec<Edit> = entries.into_iter().flatten().map(|entry| subject.without(block, entry)).collect();
    if !edits.is_empty() {
        out.push(mutant("deployment waits for nothing", &["api-not-redeployed"], edits, deployment));
    }
}

/// A stage, deployment or method of another API.
fn other_api(subject: &Subject, out: &mut Vec<Mutant>) {
    let api = ("AWS::ApiGateway::RestApi", "{ \"Name\": \"elsewhere\" }", "aws_api_gateway_rest_api", "name = \"elsewhere\"");
    let kinds = ["AWS::ApiGateway::Stage", "aws_api_gateway_stage", "AWS::ApiGateway::Method", "aws_api_gateway_method"];
    for part in subject.of_kinds(&kinds).into_iter().chain(subject.of_kinds(&DEPLOYMENT)) {
        let Some(block) = subject.own_block(part) else { continue };
        let Some(entry) = block.at("RestApiId", "rest_api_id") else { continue };
        // A deployment is joined to its stages, which have to be known to be of this API.
        let known = |r: &&Resource| !subject.used(r, &REST).is_empty();
        let stages = subject.users(part.id, &STAGE);
        let joined = if DEPLOYMENT.contains(&part.kind.as_str()) { stages.iter().any(known) } else { part.references.len() > 1 };
        let known = known(&part);
        let Some((added, name)) = subject.declare(block.file, api).filter(|_| joined && known) else { continue };
        let to = if block.cloudformation { format!("{{ \"Ref\": \"{name}\" }}") } else { format!("aws_api_gateway_rest_api.{name}.id") };
        out.push(mutant("part of another API", &["stage-deployment-mismatch"], vec![added, subject.with(block, entry, to)], part));
    }
}

/// A trigger that no longer waits for the permission that it needs.
fn order(subject: &Subject, trigger: &Resource, out: &mut Vec<Mutant>) {
    let Some(block) = subject.own_block(trigger) else { return };
    let Some(entry) = block.beside("DependsOn", "depends_on") else { return };
    let waits = trigger.depends_on.iter().any(|id| PERMISSION.contains(&subject.unit.resource(id).kind.as_str()));
    if waits {
        out.push(mutant("trigger waits for nothing", &["permission-order"], vec![subject.without(block, entry)], trigger));
    }
}

/// A queue that shows its messages again while the function is still at work.
fn visibility(subject: &Subject, mapping: &Resource, out: &mut Vec<Mutant>) {
    let queues = subject.used(mapping, &["AWS::SQS::Queue", "aws_sqs_queue"]);
    let source = mapping.attribute("EventSourceArn").or(mapping.attribute("event_source_arn")).map(Value::references).unwrap_or_default();
    let Some(queue) = queues.into_iter().find(|q| source.contains(&q.id)) else { return };
    let Some(block) = subject.own_block(queue) else { return };
    if let Some(edit) = subject.set(block, "VisibilityTimeout", "visibility_timeout_seconds", "1", "1") {
        out.push(mutant("visibility timeout of a second", &["queue-visibility-timeout"], vec![edit], mapping));
    }
}
