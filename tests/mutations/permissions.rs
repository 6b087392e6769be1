//! Breaks of the statements that let a service call a function.

use std::collections::HashSet;

use iacscan::unit::{Resource, Unit};
use iacscan::value::ResourceId;

use crate::subject::{Check, Edit, Mutant, Subject};
use crate::tree::{Block, Entry, Syntax};

const PERMISSION: [&str; 2] = ["AWS::Lambda::Permission", "aws_lambda_permission"];
const TARGETS: [&str; 6] = [
    "AWS::Lambda::Function",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Version",
    "aws_lambda_function",
    "aws_lambda_alias",
    "AWS::Serverless::Function",
];

/// What tells a service to call a function, by the service.
const CALLERS: [(&str, &[&str]); 12] = [
    (
        "apigateway.amazonaws.com",
        &[
            "AWS::ApiGateway::Method",
            "AWS::ApiGateway::RestApi",
            "AWS::ApiGatewayV2::Api",
            "AWS::ApiGatewayV2::Integration",
            "AWS::ApiGateway::Authorizer",
            "AWS::ApiGatewayV2::Authorizer",
            "aws_api_gateway_integration",
            "aws_api_gateway_rest_api",
            "aws_api_gateway_authorizer",
            "aws_apigatewayv2_api",
            "aws_apigatewayv2_integration",
            "aws_apigatewayv2_authorizer",
        ],
    ),
    ("s3.amazonaws.com", &["AWS::S3::Bucket", "aws_s3_bucket_notification"]),
    ("sns.amazonaws.com", &["AWS::SNS::Subscription", "AWS::SNS::Topic", "aws_sns_topic_subscription"]),
    ("events.amazonaws.com", &["AWS::Events::Rule", "aws_cloudwatch_event_target"]),
    ("logs.amazonaws.com", &["AWS::Logs::SubscriptionFilter", "aws_cloudwatch_log_subscription_filter"]),
    ("lambda.alarms.cloudwatch.amazonaws.com", &["AWS::CloudWatch::Alarm", "aws_cloudwatch_metric_alarm"]),
    ("cognito-idp.amazonaws.com", &["AWS::Cognito::UserPool", "aws_cognito_user_pool"]),
    ("elasticloadbalancing.amazonaws.com", &["AWS::ElasticLoadBalancingV2::TargetGroup", "aws_lb_target_group_attachment"]),
    ("iot.amazonaws.com", &["AWS::IoT::TopicRule", "aws_iot_topic_rule"]),
    ("secretsmanager.amazonaws.com", &["AWS::SecretsManager::RotationSchedule", "aws_secretsmanager_secret_rotation"]),
    ("config.amazonaws.com", &["AWS::Config::ConfigRule", "aws_config_config_rule"]),
    ("ses.amazonaws.com", &["AWS::SES::ReceiptRule", "aws_ses_receipt_rule"]),
];

const API: &[&str] = &["integration-permission", "stage-variable-permission"];
const EVENT: &[&str] = &["event-source-permission", "permission-principal"];

/// A statement that some call of the unit needs.
struct Needed<'s> {
    resource: &'s Resource,
    block: &'s Block,
    service: &'static str,
    targets: HashSet<ResourceId>,
}

/// All breaks of the statements of a unit.
pub fn mutants(subject: &Subject) -> Vec<Mutant> {
    let mut out = Vec::new();
    for resource in subject.of_kinds(&PERMISSION) {
        let Some(block) = subject.own_block(resource) else { continue };
        scope(subject, resource, block, &mut out);
        if let Some(needed) = needed(subject, resource, block) {
            broken(subject, &needed, &mut out);
        }
    }
    out
}

/// Whether a call of the unit depends on the statement: its service has a resource that refers to the same function.
fn needed<'s>(subject: &'s Subject, resource: &'s Resource, block: &'s Block) -> Option<Needed<'s>> {
    let principal = block.at("Principal", "principal")?.value.scalar()?;
    let (service, kinds) = CALLERS.iter().find(|(service, _)| *service == principal)?;
    let targets: HashSet<ResourceId> = subject.used(resource, &TARGETS).iter().map(|r| r.id).collect();
    let function = |id: &ResourceId| -> Vec<ResourceId> {
        let above = subject.used(subject.unit.resource(*id), &TARGETS);
        let below = subject.users(*id, &TARGETS);
        above.iter().chain(&below).map(|r| r.id).chain([*id]).collect()
    };
    let family: HashSet<ResourceId> = targets.iter().flat_map(function).collect();
    let calls = |r: &&Resource| !credentials(subject, r) && r.references.iter().any(|id| family.contains(id));
    subject.unit.resources.iter().filter(|r| kinds.contains(&r.kind.as_str())).find(calls)?;
    Some(Needed { resource, block, service, targets: family })
}

/// An integration that calls with a role needs no statement.
fn credentials(subject: &Subject, resource: &Resource) -> bool {
    let words = ["credentials", "Credentials", "CredentialsArn", "credentials_arn"];
    subject.block(resource.id).is_some_and(|b| !b.entry.value.deep(&words).is_empty())
}

fn broken(subject: &Subject, needed: &Needed<'_>, out: &mut Vec<Mutant>) {
    let (block, rules) = (needed.block, if needed.service == "apigateway.amazonaws.com" { API } else { EVENT });
    let mut push = |operator, edits: Vec<Edit>| {
        out.push(Mutant {
            operator,
            rules,
            edits,
            at: needed.resource.id,
            what: needed.resource.address.to_string(),
            equivalent: Some(another(needed)),
        })
    };
    if let Some(edits) = subject.drop_with_dependencies(needed.resource.id) {
        push("delete a permission", edits);
    }
    if let Some(entry) = block.at("Action", "action") {
        push("other action", vec![subject.with(block, entry, "\"lambda:GetFunction\"")]);
    }
    if let Some(entry) = block.at("Principal", "principal") {
        push("other principal", vec![subject.with(block, entry, "\"states.amazonaws.com\"")]);
    }
    if let Some(edit) = block.at("SourceArn", "source_arn").and_then(|entry| longer(subject, block, entry, "-other")) {
        push("source ARN of something else", vec![edit]);
    }
    if needed.service == "apigateway.amazonaws.com" {
        if let Some(edit) = block.at("SourceArn", "source_arn").and_then(|entry| other_stage(subject, block, entry)) {
            push("source ARN of another stage", vec![edit]);
        }
        if let Some(edit) = block.at("SourceArn", "source_arn").and_then(|entry| other_method(subject, block, entry)) {
            push("source ARN of another method", vec![edit]);
        }
    }
    if let Some(entry) = block.at("SourceAccount", "source_account")
        && needed.service == "s3.amazonaws.com"
    {
        push("other source account", vec![subject.with(block, entry, "\"999999999999\"")]);
    }
    qualifier(subject, block, &mut push);
}

/// Adds, changes or removes the alias that the statement is for.
fn qualifier(subject: &Subject, block: &Block, push: &mut dyn FnMut(&'static str, Vec<Edit>)) {
    if block.cloudformation {
        let Some(entry) = block.at("FunctionName", "-") else { return };
        if let Some(edit) = longer(subject, block, entry, ":elsewhere") {
            push("qualifier added", vec![edit]);
        }
        return;
    }
    match block.at("-", "qualifier") {
        Some(entry) => {
            push("qualifier removed", vec![subject.without(block, entry)]);
            push("other qualifier", vec![subject.with(block, entry, "\"elsewhere\"")]);
        }
        // An alias's ARN has its qualifier already.
        None if block.at("-", "function_name").is_some_and(|e| subject.entry_text(block, e).contains("aws_lambda_alias")) => {}
        None => {
            if let Some(edit) = subject.set(block, "-", "qualifier", "\"elsewhere\"", "\"elsewhere\"") {
                push("qualifier added", vec![edit]);
            }
        }
    }
}

/// Takes the source away, or the restriction to a service, so that too many may call.
fn scope(subject: &Subject, resource: &Resource, block: &Block, out: &mut Vec<Mutant>) {
    let restricted = ["SourceAccount", "source_account", "PrincipalOrgID", "principal_org_id", "EventSourceToken", "event_source_token"];
    let service = block.at("Principal", "principal").and_then(|e| e.value.scalar()).is_some_and(|p| p.ends_with(".amazonaws.com"));
    if service
        && restricted.iter().all(|key| block.body().is_none_or(|b| b.entry(key).is_none()))
        && let Some(entry) = block.at("SourceArn", "source_arn")
    {
        out.push(Mutant {
            operator: "source ARN removed",
            rules: &["permission-unscoped"],
            edits: vec![subject.without(block, entry)],
            at: resource.id,
            what: resource.address.to_string(),
            equivalent: None,
        });
    }
    let Some(principal) = block.at("Principal", "principal").filter(|_| service) else { return };
    let mut edits = vec![subject.with(block, principal, "\"*\"")];
    for (cfn, tf) in [("SourceArn", "source_arn"), ("SourceAccount", "source_account"), ("PrincipalOrgID", "principal_org_id")] {
        edits.extend(block.at(cfn, tf).map(|entry| subject.without(block, entry)));
    }
    out.push(Mutant {
        operator: "anyone may invoke",
        rules: &["public-invoke"],
        edits,
        at: resource.id,
        what: resource.address.to_string(),
        equivalent: None,
    });
}

/// The value with something behind it, whatever it is made of. None where the value cannot be wrapped in one line.
pub fn longer(subject: &Subject, block: &Block, entry: &Entry, suffix: &str) -> Option<Edit> {
    let text = subject.entry_text(block, entry);
    let wrapped = match subject.syntax(block) {
        Syntax::Hcl if text.starts_with('"') => format!("{}{suffix}\"", text.strip_suffix('"')?),
        Syntax::Hcl => format!("\"${{{text}}}{suffix}\""),
        _ if !block.cloudformation => format!("{}{suffix}\"", text.strip_suffix('"')?),
        Syntax::Json => format!("{{ \"Fn::Join\": [\"\", [{text}, \"{suffix}\"]] }}"),
        Syntax::Yaml if text.contains('\n') => return None,
        Syntax::Yaml => {
            let quoted = !text.starts_with(['!', '{', '[', '"', '\'']);
            let inner = if quoted { format!("\"{text}\"") } else { quote_tagged(text) };
            format!("{{ \"Fn::Join\": [\"\", [{inner}, \"{suffix}\"]] }}")
        }
    };
    // A long form (`Fn::Sub: …` on the next line) starts where the value does, deeper than its key.
    let long_form = subject.syntax(block) == Syntax::Yaml && text.starts_with("Fn::");
    (!long_form).then(|| subject.with(block, entry, wrapped))
}

/// `!Sub a:${B}*` can stand in flow style only with quotes.
fn quote_tagged(text: &str) -> String {
    match text.split_once(' ') {
        Some((tag, rest)) if tag.starts_with('!') && !rest.trim_start().starts_with(['"', '\'', '[', '{']) => {
            format!("{tag} \"{}\"", rest.trim())
        }
        _ => text.to_owned(),
    }
}

fn other_stage(subject: &Subject, block: &Block, entry: &Entry) -> Option<Edit> {
    let text = subject.entry_text(block, entry);
    let changed = text.replacen("/*/", "/some-other-stage/", 1);
    let whole = text.matches("/*").count() == 1 && !text.contains("/*/");
    let changed = if whole { text.replacen("/*", "/some-other-stage/*", 1) } else { changed };
    (changed != text).then(|| subject.with(block, entry, changed))
}

fn other_method(subject: &Subject, block: &Block, entry: &Entry) -> Option<Edit> {
    let text = subject.entry_text(block, entry);
    let method = ["/GET", "/POST", "/PUT", "/DELETE", "/PATCH"].into_iter().find(|m| text.contains(m));
    let changed = match method {
        Some(method) => text.replacen(method, "/OPTIONS", 1),
        None => text.replacen("/*/*", "/*/HEAD", 1),
    };
    (changed != text).then(|| subject.with(block, entry, changed))
}

/// Whether another statement of the mutant lets the same service call the same function.
fn another(needed: &Needed<'_>) -> Check {
    let (service, address, targets) = (needed.service, needed.resource.address.clone(), needed.targets.clone());
    Box::new(move |subject: &Subject, unit: &Unit| {
        let names: HashSet<&str> = targets.iter().map(|id| subject.unit.resource(*id).address.as_str()).collect();
        let stem = |address: &str| address.split('[').next().unwrap_or_default().to_owned();
        unit.resources.iter().any(|r| {
            let principal = r.attribute("Principal").or(r.attribute("principal")).and_then(|v| v.as_str());
            PERMISSION.contains(&r.kind.as_str())
                && stem(&r.address) != stem(&address)
                && matches!(principal, Some(p) if p == service || p == "*")
                && r.references.iter().any(|id| names.contains(unit.resource(*id).address.as_str()))
        })
    })
}
