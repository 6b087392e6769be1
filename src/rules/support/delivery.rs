//! What to write so that a service may send to a queue or topic, or use its key.

use super::mend::{Dialect, dialect, json_text, local_address, new_name, scope, source_arn, yaml_text};
use crate::finding::{Help, Label, Message};
use crate::graph::Graph;
use crate::graph::deliveries::{Carries, Delivery, Nearest, Target};
use crate::text::Answer;
use crate::unit::Resource;

/// Adds the nearest statement to a message and its evidence, and tells whether one denies the call.
pub(crate) fn explain(message: Message, near: &[Nearest], related: &mut Vec<Label>) -> (Message, bool) {
    let Some(nearest) = near.first() else { return (message, false) };
    related.push(Label::new(nearest.span, nearest.why.clone()));
    (message.note(format!("{} {}", nearest.policy, nearest.why)), nearest.denied)
}

/// How to let the sender in.
pub(crate) fn help(graph: &Graph<'_>, delivery: &Delivery, target: &Resource, near: &[Nearest]) -> Help {
    let (sender, name) = (delivery.sender, delivery.sender.target.name());
    if let Some(denied) = near.iter().find(|nearest| nearest.denied) {
        return Help { text: format!("take {} out of the Deny in {}", sender.target.action(), denied.policy), code: String::new() };
    }
    let resource = graph.resource(delivery.resource);
    let order = match sender.failure {
        crate::graph::deliveries::Failure::Refused(_) => ", and let the sender depend on the policy, since AWS checks it at once",
        crate::graph::deliveries::Failure::Lost(_) => "",
    };
    // What another module or stack declares cannot be named here.
    let beside = scope(resource) == scope(target);
    let there = graph.policies_on(target).policies.iter().find(|policy| policy.applies == Answer::Yes).map(|policy| policy.label.clone());
    let statement = beside.then(|| statement(graph, delivery, target));
    match (there, statement) {
        (Some(policy), Some(statement)) => Help { text: format!("add a statement to {policy}{order}:"), code: statement },
        (Some(policy), None) => {
            Help { text: format!("let `{}` call {} in {policy}{order}", sender.principals[0], sender.target.action()), code: String::new() }
        }
        (None, Some(statement)) => {
            let place = match sender.target {
                Target::Queue => "",
                Target::Topic => " (it takes the place of the default one, which lets in CloudWatch alarms and others: name those too)",
            };
            let code = policy(graph, delivery, target, &statement);
            Help { text: format!("give the {name} a policy that lets the service in{place}{order}:"), code }
        }
        (None, None) => Help {
            text: format!("give `{}` a policy that lets `{}` call {}{order}", target.address, sender.principals[0], sender.target.action()),
            code: String::new(),
        },
    }
}

/// The condition that ties the statement to its source: key, and an expression (HCL) or the content of `Fn::Sub`. A bucket of a template
/// cannot stand in the policy that it has to wait for: its account does.
fn tie(graph: &Graph<'_>, delivery: &Delivery) -> Option<(&'static str, &'static str, String)> {
    let resource = graph.resource(delivery.resource);
    if dialect(graph) != Dialect::Terraform && resource.kind == "AWS::S3::Bucket" {
        return Some(("StringEquals", "aws:SourceAccount", "${AWS::AccountId}".to_owned()));
    }
    let source = delivery.source.as_ref()?;
    Some(("ArnEquals", "aws:SourceArn", source_arn(graph, resource, source)))
}

fn statement(graph: &Graph<'_>, delivery: &Delivery, target: &Resource) -> String {
    let (sender, own) = (delivery.sender, local_address(target));
    let (principal, action) = (sender.principals[0], sender.target.action());
    match dialect(graph) {
        Dialect::Terraform => {
            let condition =
                tie(graph, delivery).map(|(operator, key, value)| format!("\n  Condition = {{ {operator} = {{ \"{key}\" = {value} }} }}"));
            let condition = condition.unwrap_or_default();
            format!(
                "{{\n  Effect    = \"Allow\"\n  Principal = {{ Service = \"{principal}\" }}\n  Action    = \"{action}\"\n  Resource  = {own}.arn{condition}\n}}"
            )
        }
        Dialect::Yaml => {
            let condition = tie(graph, delivery)
                .map(|(operator, key, value)| format!("\n  Condition: {{ {operator}: {{ \"{key}\": {} }} }}", yaml_text(&value)));
            let arn = yaml_text(&arn(delivery.sender.target, &own));
            format!(
                "- Effect: Allow\n  Principal: {{ Service: {principal} }}\n  Action: {action}\n  Resource: {arn}{}",
                condition.unwrap_or_default()
            )
        }
        Dialect::Json => {
            let condition = tie(graph, delivery)
                .map(|(operator, key, value)| format!(",\n  \"Condition\": {{ \"{operator}\": {{ \"{key}\": {} }} }}", json_text(&value)));
            let arn = json_text(&arn(delivery.sender.target, &own));
            format!(
                "{{\n  \"Effect\": \"Allow\",\n  \"Principal\": {{ \"Service\": \"{principal}\" }},\n  \"Action\": \"{action}\",\n  \"Resource\": {arn}{}\n}}",
                condition.unwrap_or_default()
            )
        }
    }
}

/// The ARN of a queue or topic of a template, as the content of `Fn::Sub`.
fn arn(target: Target, own: &str) -> String {
    match target {
        Target::Queue => format!("${{{own}.Arn}}"),
        Target::Topic => format!("${{{own}}}"),
    }
}

fn policy(graph: &Graph<'_>, delivery: &Delivery, target: &Resource, statement: &str) -> String {
    let (dialect, own) = (dialect(graph), local_address(target));
    let label = own.split('[').next().unwrap_or(&own).rsplit('.').next().unwrap_or(&own).to_owned();
    let indented = |by: usize| statement.lines().map(|line| format!("{}{line}", " ".repeat(by))).collect::<Vec<_>>().join("\n");
    let (kind, list, reference) = match delivery.sender.target {
        Target::Queue => ("AWS::SQS::QueuePolicy", "Queues", own.clone()),
        Target::Topic => ("AWS::SNS::TopicPolicy", "Topics", own.clone()),
    };
    match dialect {
        Dialect::Terraform => {
            let (kind, on) = match delivery.sender.target {
                Target::Queue => ("aws_sqs_queue_policy", format!("queue_url = {own}.id")),
                Target::Topic => ("aws_sns_topic_policy", format!("arn = {own}.arn")),
            };
            format!(
                "resource \"{kind}\" \"{label}\" {{\n  {on}\n\n  policy = jsonencode({{\n    Version = \"2012-10-17\"\n    Statement = [\n{}\n    ]\n  }})\n}}",
                indented(6)
            )
        }
        Dialect::Yaml => format!(
            "{}:\n  Type: {kind}\n  Properties:\n    {list}: [!Ref {reference}]\n    PolicyDocument:\n      Version: \"2012-10-17\"\n      Statement:\n{}",
            new_name(dialect, &[&label, "policy"]),
            indented(8)
        ),
        Dialect::Json => format!(
            "\"{}\": {{\n  \"Type\": \"{kind}\",\n  \"Properties\": {{\n    \"{list}\": [{{ \"Ref\": \"{reference}\" }}],\n    \"PolicyDocument\": {{\n      \"Version\": \"2012-10-17\",\n      \"Statement\": [\n{}\n      ]\n    }}\n  }}\n}}",
            new_name(dialect, &[&label, "policy"]),
            indented(8)
        ),
    }
}

/// How to let the sender use a key.
pub(crate) fn key_help(graph: &Graph<'_>, delivery: &Delivery, key: &Resource) -> Help {
    let (sender, resource) = (delivery.sender, graph.resource(delivery.resource));
    let principal = sender.principals[0];
    let beside = scope(resource) == scope(key);
    let tie = tie(graph, delivery).filter(|_| beside && sender.tells_key == Carries::Yes);
    let code = match dialect(graph) {
        Dialect::Terraform => {
            let condition = tie.map(|(operator, name, value)| format!("\n  Condition = {{ {operator} = {{ \"{name}\" = {value} }} }}"));
            format!(
                "{{\n  Effect    = \"Allow\"\n  Principal = {{ Service = \"{principal}\" }}\n  Action    = [\"kms:GenerateDataKey*\", \"kms:Decrypt\"]\n  Resource  = \"*\"{}\n}}",
                condition.unwrap_or_default()
            )
        }
        Dialect::Yaml => {
            let condition =
                tie.map(|(operator, name, value)| format!("\n  Condition: {{ {operator}: {{ \"{name}\": {} }} }}", yaml_text(&value)));
            format!(
                "- Effect: Allow\n  Principal: {{ Service: {principal} }}\n  Action: [\"kms:GenerateDataKey*\", kms:Decrypt]\n  Resource: \"*\"{}",
                condition.unwrap_or_default()
            )
        }
        Dialect::Json => {
            let condition = tie.map(|(operator, name, value)| {
                format!(",\n  \"Condition\": {{ \"{operator}\": {{ \"{name}\": {} }} }}", json_text(&value))
            });
            format!(
                "{{\n  \"Effect\": \"Allow\",\n  \"Principal\": {{ \"Service\": \"{principal}\" }},\n  \"Action\": [\"kms:GenerateDataKey*\", \"kms:Decrypt\"],\n  \"Resource\": \"*\"{}\n}}",
                condition.unwrap_or_default()
            )
        }
    };
    // A key without a policy of its own has one that lets its account in: a policy that is written has to say that, too.
    let own_policy = graph.policies_on(key).policies.iter().any(|policy| !policy.label.starts_with("the default policy"));
    let text = match own_policy {
        true => format!("add a statement to the policy of `{}`:", key.address),
        false => format!("give `{}` a policy that has this statement beside the one for the account (`kms:*` for its root):", key.address),
    };
    Help { text, code }
}
