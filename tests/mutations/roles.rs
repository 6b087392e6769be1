//! Breaks of roles: what they may do, and who may take them.
//!
//! What a role's policies grant is read here in the plainest way, as names of actions in texts, so that a mistake in how the
//! tool evaluates policies is not repeated: conditions, resources and Deny do not count, and a grant under any of them makes a
//! mutant count as equivalent.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use iacscan::internals::managed;
use iacscan::unit::{Mode, Resource, Unit};
use iacscan::value::{ResourceId, Value};
use regex::Regex;

use crate::subject::{Check, Edit, Mutant, Subject, texts};
use crate::tree::{Block, Syntax, cut_item};

const FUNCTION: [&str; 2] = ["AWS::Lambda::Function", "aws_lambda_function"];
const ROLE: [&str; 2] = ["AWS::IAM::Role", "aws_iam_role"];
/// Policies on what is called, which can let a role in.
const RESOURCE_POLICY: [&str; 4] = ["AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "aws_sqs_queue_policy", "aws_sns_topic_policy"];
const POLICY: [&str; 10] = [
    "AWS::IAM::Policy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::ManagedPolicy",
    "aws_iam_role_policy",
    "aws_iam_policy",
    "aws_iam_role_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_role_policies_exclusive",
    "aws_iam_role_policy_attachments_exclusive",
    "aws_iam_policy_document",
];

static ACTION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b[a-z][a-z0-9-]+:[A-Z*][A-Za-z0-9*?]*").expect("a pattern"));
static MANAGED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:service-role/|job-function/)?\b(?:AWS|Amazon|CloudWatch)[A-Za-z0-9_]+").expect("a pattern"));

/// What something needs of a role.
struct Need {
    rule: &'static str,
    role: ResourceId,
    actions: Vec<&'static str>,
}

/// All breaks of the roles of a unit.
pub fn mutants(subject: &Subject) -> Vec<Mutant> {
    let mut out = Vec::new();
    for need in needs(subject) {
        dropped_actions(subject, &need, &mut out);
        detached(subject, &need, &mut out);
    }
    for role in subject.of_kinds(&ROLE) {
        trust(subject, role, &mut out);
        denied(subject, role, &mut out);
    }
    out
}

fn role_of(subject: &Subject, resource: &Resource, key: &str) -> Option<ResourceId> {
    let value = resource.attribute(key)?;
    value.references().into_iter().find(|id| ROLE.contains(&subject.unit.resource(*id).kind.as_str()))
}

fn inside<'v>(resource: &'v Resource, keys: [&str; 2]) -> Option<&'v Value> {
    keys.into_iter().find_map(|key| resource.attribute(key))
}

/// A nested block or property, whichever way it is written.
fn nested(value: &Value, keys: [&str; 2]) -> Option<Value> {
    let value = value.as_list().and_then(|l| l.items.first()).unwrap_or(value);
    keys.into_iter().find_map(|key| value.get(key)).filter(|v| !v.is_null()).cloned()
}

/// What sends to a queue, topic, bus or function needs of its role.
fn send(subject: &Subject, target: &Value) -> Option<Vec<&'static str>> {
    let kind = target.references().first().map(|id| subject.unit.resource(*id).kind.clone())?;
    Some(match kind.as_str() {
        "AWS::SQS::Queue" | "aws_sqs_queue" => vec!["sqs:SendMessage"],
        "AWS::SNS::Topic" | "aws_sns_topic" => vec!["sns:Publish"],
        "AWS::Events::EventBus" | "aws_cloudwatch_event_bus" => vec!["events:PutEvents"],
        "AWS::Lambda::Function" | "aws_lambda_function" => vec!["lambda:InvokeFunction"],
        _ => return None,
    })
}

fn needs(subject: &Subject) -> Vec<Need> {
    let mut out = Vec::new();
    for function in subject.unit.resources.iter().filter(|r| r.mode == Mode::Managed && FUNCTION.contains(&r.kind.as_str())) {
        let Some(role) = role_of(subject, function, "Role").or_else(|| role_of(subject, function, "role")) else { continue };
        let mut push = |rule, actions: Vec<&'static str>| out.push(Need { rule, role, actions });
        push("function-logs-permission", vec!["logs:CreateLogStream", "logs:PutLogEvents"]);
        let group = |r: &Resource| matches!(r.kind.as_str(), "AWS::Logs::LogGroup" | "aws_cloudwatch_log_group");
        if !subject.unit.resources.iter().any(group) && inside(function, ["LoggingConfig", "logging_config"]).is_none() {
            push("function-logs-permission", vec!["logs:CreateLogGroup"]);
        }
        let vpc = inside(function, ["VpcConfig", "vpc_config"]);
        if vpc.and_then(|v| nested(v, ["SubnetIds", "subnet_ids"])).is_some_and(|v| v.as_list().is_some_and(|l| !l.items.is_empty())) {
            let interfaces = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"];
            push("vpc-eni-permission", interfaces.to_vec());
        }
        let tracing = inside(function, ["TracingConfig", "tracing_config"]).and_then(|v| nested(v, ["Mode", "mode"]));
        if tracing.is_some_and(|mode| mode.as_str() == Some("Active")) {
            push("tracing-permission", vec!["xray:PutTraceSegments", "xray:PutTelemetryRecords"]);
        }
        let letter = inside(function, ["DeadLetterConfig", "dead_letter_config"]).and_then(|v| nested(v, ["TargetArn", "target_arn"]));
        if let Some(actions) = letter.and_then(|target| send(subject, &target)) {
            push("dead-letter-permission", actions);
        }
        for user in subject.users(function.id, &["AWS::Lambda::EventSourceMapping", "aws_lambda_event_source_mapping"]) {
            let source = inside(user, ["EventSourceArn", "event_source_arn"]).map(Value::references).unwrap_or_default();
            let kind = source.first().map_or("", |id| subject.unit.resource(*id).kind.as_str());
            match kind {
                "AWS::SQS::Queue" | "aws_sqs_queue" => {
                    push("event-source-mapping-permission", vec!["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]);
                }
                "AWS::Kinesis::Stream" | "aws_kinesis_stream" => {
                    push(
                        "event-source-mapping-permission",
                        vec!["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"],
                    );
                }
                "AWS::DynamoDB::Table" | "aws_dynamodb_table" => {
                    let stream = ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"];
                    push("event-source-mapping-permission", stream.to_vec());
                }
                _ => {}
            }
            destinations(subject, user, &mut push);
        }
        for user in subject.users(function.id, &["AWS::Lambda::EventInvokeConfig", "aws_lambda_function_event_invoke_config"]) {
            destinations(subject, user, &mut push);
        }
    }
    credentials(subject, &mut out);
    out
}

fn destinations(subject: &Subject, user: &Resource, push: &mut dyn FnMut(&'static str, Vec<&'static str>)) {
    let Some(config) = inside(user, ["DestinationConfig", "destination_config"]) else { return };
    for keys in [["OnFailure", "on_failure"], ["OnSuccess", "on_success"]] {
        let target = nested(config, keys)
            .and_then(|v| nested(&v, ["Destination", "destination"]).or_else(|| nested(&v, ["destination_arn", "destination_arn"])));
        if let Some(actions) = target.and_then(|target| send(subject, &target)) {
            push("destination-permission", actions);
        }
    }
}

/// The roles that integrations call functions with.
fn credentials(subject: &Subject, out: &mut Vec<Need>) {
    let kinds =
        ["aws_api_gateway_integration", "aws_apigatewayv2_integration", "AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Integration"];
    for resource in subject.of_kinds(&kinds) {
        let integration = resource.attribute("Integration").unwrap_or(&resource.attributes);
        let keys = ["credentials", "Credentials", "CredentialsArn", "credentials_arn"];
        let value = keys.into_iter().find_map(|key| integration.get(key)).filter(|v| !v.is_null());
        let calls = resource.references.iter().any(|id| {
            let kind = subject.unit.resource(*id).kind.as_str();
            FUNCTION.contains(&kind) || matches!(kind, "AWS::Lambda::Alias" | "aws_lambda_alias")
        });
        let role = value.map(Value::references).unwrap_or_default();
        if let Some(role) = role.into_iter().find(|id| calls && ROLE.contains(&subject.unit.resource(*id).kind.as_str())) {
            out.push(Need { rule: "integration-credentials", role, actions: vec!["lambda:InvokeFunction"] });
        }
    }
}

/// A role and all that is attached to it.
fn closure(unit: &Unit, role: ResourceId) -> Vec<ResourceId> {
    let policy = |id: &ResourceId| POLICY.contains(&unit.resource(*id).kind.as_str());
    let mut seen = vec![role];
    let mut from: Vec<ResourceId> =
        unit.resources.iter().filter(|r| r.mode == Mode::Managed && policy(&r.id) && r.references.contains(&role)).map(|r| r.id).collect();
    from.extend(unit.resource(role).references.iter().filter(|id| policy(id)));
    while let Some(id) = from.pop() {
        if !seen.contains(&id) {
            seen.push(id);
            from.extend(unit.resource(id).references.iter().filter(|id| policy(id)));
        }
    }
    seen
}

fn covers(pattern: &str, action: &str) -> bool {
    let pattern = regex::escape(pattern).replace(r"\*", ".*").replace(r"\?", ".");
    Regex::new(&format!("(?i)^{pattern}$")).is_ok_and(|r| r.is_match(action))
}

/// The actions of an AWS managed policy's document, as its text has them.
fn managed_covers(name: &str, action: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    let Some(policy) = managed::by_name(name) else { return false };
    ACTION.find_iter(&format!("{policy:?}")).any(|m| covers(m.as_str(), action))
}

/// Whether any policy of a role has a text that could allow an action.
fn could_allow(unit: &Unit, role: ResourceId, action: &str) -> bool {
    let mut words = Vec::new();
    let admits = |r: &&Resource| RESOURCE_POLICY.contains(&r.kind.as_str()) && r.references.contains(&role);
    let resource_policies = unit.resources.iter().filter(admits).map(|r| r.id);
    for id in closure(unit, role).into_iter().chain(resource_policies) {
        texts(&unit.resource(id).attributes, &mut words);
    }
    if !action.is_empty() && has_star_action(unit, role) {
        return true;
    }
    words.iter().any(|word| {
        ACTION.find_iter(word).any(|m| covers(m.as_str(), action))
            || MANAGED.find_iter(word).any(|m| managed_covers(m.as_str(), action))
            || word.contains("AdministratorAccess")
            || word.contains("PowerUserAccess")
    })
}

/// Whether an `Action` is `*` somewhere in the role's policies.
fn has_star_action(unit: &Unit, role: ResourceId) -> bool {
    fn star(value: &Value, is_action: bool) -> bool {
        // A document as a text: `jsonencode` and heredocs.
        let document = value.as_str().filter(|text| text.contains("Action")).and_then(|text| serde_json::from_str(text).ok());
        if let Some(document) = document {
            return star_in_json(&document, false);
        }
        match &value.kind {
            iacscan::value::Kind::Map(map) => map.entries.iter().any(|(k, v)| star(v, matches!(k.as_str(), "Action" | "actions"))),
            iacscan::value::Kind::List(list) => list.items.iter().any(|v| star(v, is_action)),
            _ => is_action && value.as_str() == Some("*"),
        }
    }
    closure(unit, role).into_iter().any(|id| star(&unit.resource(id).attributes, false))
}

fn star_in_json(value: &serde_json::Value, is_action: bool) -> bool {
    match value {
        serde_json::Value::Object(map) => map.iter().any(|(k, v)| star_in_json(v, k == "Action")),
        serde_json::Value::Array(items) => items.iter().any(|v| star_in_json(v, is_action)),
        _ => is_action && value.as_str() == Some("*"),
    }
}

/// The blocks that a role and its policies are written as, with data sources that are mentioned in their text.
fn written(subject: &Subject, role: ResourceId) -> Vec<&Block> {
    let mut blocks: Vec<&Block> = closure(&subject.unit, role).into_iter().filter_map(|id| subject.block(id)).collect();
    let mut next = 0;
    while let Some(block) = blocks.get(next).copied() {
        next += 1;
        let text = subject.text(block);
        for data in subject.blocks.iter().filter(|b| b.kind == "data.aws_iam_policy_document") {
            if text.contains(&format!("aws_iam_policy_document.{}", data.name)) {
                blocks.push(data);
            }
        }
        if next > 64 {
            break;
        }
    }
    let mut seen = HashSet::new();
    blocks.retain(|b| seen.insert((b.file, b.entry.range.start)));
    blocks
}

/// Whether all of the actions are still allowed in the mutant, in the plain reading.
fn still_allowed(subject: &Subject, need: &Need) -> Check {
    let (address, actions) = (subject.unit.resource(need.role).address.clone(), need.actions.clone());
    Box::new(move |_, unit| {
        let role = unit.resources.iter().find(|r| r.address == address);
        role.is_some_and(|role| actions.iter().all(|action| could_allow(unit, role.id, action)))
    })
}

fn push(subject: &Subject, need: &Need, operator: &'static str, edits: Vec<Edit>, what: &str, out: &mut Vec<Mutant>) {
    out.push(Mutant {
        operator,
        rules: std::slice::from_ref(rule_ref(need.rule)),
        edits,
        at: need.role,
        what: format!("{}: {what}", subject.unit.resource(need.role).address),
        equivalent: Some(still_allowed(subject, need)),
    });
}

/// The rule in a place that lives as long as the program.
fn rule_ref(rule: &'static str) -> &'static &'static str {
    static IDS: [&str; 7] = [
        "function-logs-permission",
        "vpc-eni-permission",
        "tracing-permission",
        "dead-letter-permission",
        "event-source-mapping-permission",
        "destination-permission",
        "integration-credentials",
    ];
    IDS.iter().find(|id| **id == rule).unwrap_or(&IDS[0])
}

/// Every action that is written for the role and needed of it becomes another one, and managed policies others.
fn dropped_actions(subject: &Subject, need: &Need, out: &mut Vec<Mutant>) {
    let actions = need.actions.iter().filter(|action| could_allow(&subject.unit, need.role, action));
    let mut actions: Vec<&str> = actions.copied().collect();
    actions.dedup();
    let mut by_text: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
    for block in written(subject, need.role) {
        let base = block.entry.range.start;
        let text = subject.text(block);
        let at =
            |range: Range<usize>, text: &str| Edit { file: block.file, range: base + range.start..base + range.end, text: text.to_owned() };
        for found in ACTION.find_iter(text) {
            if actions.iter().any(|action| covers(found.as_str(), action)) {
                by_text.entry(found.as_str().to_owned()).or_default().push(at(found.range(), "sts:GetCallerIdentity"));
            }
        }
        for found in MANAGED.find_iter(text) {
            if actions.iter().any(|action| managed_covers(found.as_str(), action)) {
                by_text.entry(found.as_str().to_owned()).or_default().push(at(found.range(), "AWSPriceListServiceFullAccess"));
            }
        }
    }
    for (what, edits) in by_text {
        let operator = if what.contains(':') { "drop an action from a policy" } else { "swap a managed policy" };
        push(subject, need, operator, edits, &what, out);
    }
}

/// Takes an attachment, or an item of the list of managed policies, away.
fn detached(subject: &Subject, need: &Need, out: &mut Vec<Mutant>) {
    let gives = |text: &str| MANAGED.find_iter(text).any(|m| need.actions.iter().any(|action| managed_covers(m.as_str(), action)));
    for user in
        subject.users(need.role, &["aws_iam_role_policy_attachment", "aws_iam_role_policy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy"])
    {
        let Some(block) = subject.own_block(user) else { continue };
        if let Some(edits) = subject.drop_with_dependencies(user.id) {
            push(subject, need, "detach a policy", edits, &block.name, out);
        }
    }
    let role = subject.unit.resource(need.role);
    let Some(block) = subject.own_block(role) else { return };
    let Some(list) = block.at("ManagedPolicyArns", "managed_policy_arns") else { return };
    for (index, item) in list.value.items().iter().enumerate() {
        let text = &subject.files[block.file].text[item.range.clone()];
        if !gives(text) {
            continue;
        }
        let edit = match list.value.items().len() {
            1 => Some(subject.without(block, list)),
            _ => {
                cut_item(&subject.files[block.file], &list.value, index).map(|range| Edit { file: block.file, range, text: String::new() })
            }
        };
        if let Some(edit) = edit {
            push(subject, need, "detach a policy", vec![edit], text, out);
        }
    }
}

/// Another service in the trust policy.
fn trust(subject: &Subject, role: &Resource, out: &mut Vec<Mutant>) {
    let used = subject.unit.resources.iter().any(|r| FUNCTION.contains(&r.kind.as_str()) && r.references.contains(&role.id));
    if !used || subject.own_block(role).is_none() {
        return;
    }
    let mut edits = Vec::new();
    for block in written(subject, role.id) {
        let text = subject.text(block);
        for (at, word) in text.match_indices("lambda.amazonaws.com") {
            let start = block.entry.range.start + at;
            if !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '.') {
                edits.push(Edit { file: block.file, range: start..start + word.len(), text: "glue.amazonaws.com".to_owned() });
            }
        }
    }
    if !edits.is_empty() {
        out.push(Mutant {
            operator: "other principal in the trust policy",
            rules: &["execution-role-trust"],
            edits,
            at: role.id,
            what: role.address.to_string(),
            equivalent: None,
        });
    }
}

/// A Deny of everything in the first policy of a function's role.
fn denied(subject: &Subject, role: &Resource, out: &mut Vec<Mutant>) {
    let used = subject.unit.resources.iter().any(|r| FUNCTION.contains(&r.kind.as_str()) && r.references.contains(&role.id));
    if !used {
        return;
    }
    for block in written(subject, role.id) {
        let file = &subject.files[block.file];
        let is_trust = |start: usize| {
            let words = ["AssumeRolePolicyDocument", "assume_role_policy"];
            words.iter().any(|w| block.entry.value.deep(&[w]).iter().any(|e| e.range.contains(&start)))
        };
        if block.kind == "data.aws_iam_policy_document" {
            if subject.text(block).contains("sts:AssumeRole") || file.syntax != Syntax::Hcl {
                continue;
            }
            let Some(statement) = block.entry.value.entry("statement") else { continue };
            let at = statement.range.start;
            let text = "statement {\n    effect    = \"Deny\"\n    actions   = [\"*\"]\n    resources = [\"*\"]\n  }\n\n  ".to_owned();
            deny(role, vec![Edit { file: block.file, range: at..at, text }], &block.name, out);
            continue;
        }
        for entry in block.entry.value.deep(&["Statement"]) {
            let Some(first) = entry.value.items().first().filter(|_| !is_trust(entry.range.start)) else { continue };
            // A document that names the role is of another one, which may pass it.
            if file.text[entry.value.range.clone()].contains(role.address.as_str()) {
                continue;
            }
            let flow = file.text[entry.value.range.clone()].starts_with('[');
            let text = match file.syntax {
                Syntax::Hcl => "{ Effect = \"Deny\", Action = \"*\", Resource = \"*\" },\n".to_owned(),
                _ if flow => "{ \"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\" },\n".to_owned(),
                _ => {
                    let Some(dash) = file.text[..first.range.start].rfind('-') else { continue };
                    let line = file.text[..dash].rfind('\n').map_or(0, |i| i + 1);
                    let pad = " ".repeat(dash - line);
                    let text = format!("- {{ Effect: Deny, Action: \"*\", Resource: \"*\" }}\n{pad}");
                    deny(role, vec![Edit { file: block.file, range: dash..dash, text }], &block.name, out);
                    continue;
                }
            };
            deny(role, vec![Edit { file: block.file, range: first.range.start..first.range.start, text }], &block.name, out);
        }
    }
}

fn deny(role: &Resource, edits: Vec<Edit>, what: &str, out: &mut Vec<Mutant>) {
    out.push(Mutant {
        operator: "deny everything",
        rules: &["function-logs-permission"],
        edits,
        at: role.id,
        what: format!("{}: {what}", role.address),
        equivalent: None,
    });
}
