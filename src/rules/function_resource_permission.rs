//! `function-resource-permission`: a function is told of a resource that its role has nothing to do with.

use super::Sink;
use super::support::place::{further, severity};
use super::support::role::policies_checked;
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::gap::Gap;
use crate::graph::Graph;
use crate::graph::roles::{RoleRef, presence};
use crate::iam::touch::{self, Touch};
use crate::iam::{PolicySet, ResourceSet};
use crate::model::lambda::Function;
use crate::model::read;
use crate::text;
use crate::unit::{Mode, Resource};
use crate::value::{Guard, Part, ResourceId, Str, Text, Value};

const RULE: &str = "function-resource-permission";

/// A kind of resource whose name, ARN or URL a function is given in order to call it.
struct Kind {
    name: &'static str,
    service: &'static str,
    types: &'static [&'static str],
    /// The attribute with its ARN, in templates and in Terraform.
    arn: (&'static str, &'static str),
}

const fn kind(name: &'static str, service: &'static str, types: &'static [&'static str], arn: (&'static str, &'static str)) -> Kind {
    Kind { name, service, types, arn }
}

/// Service Authorization Reference, the services' own pages.
static KINDS: &[Kind] = &[
    kind("table", "dynamodb", &["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "aws_dynamodb_table"], ("Arn", "arn")),
    kind("queue", "sqs", &["AWS::SQS::Queue", "aws_sqs_queue"], ("Arn", "arn")),
    kind("topic", "sns", &["AWS::SNS::Topic", "aws_sns_topic"], ("Ref", "arn")),
    kind("bucket", "s3", &["AWS::S3::Bucket", "aws_s3_bucket"], ("Arn", "arn")),
    kind("secret", "secretsmanager", &["AWS::SecretsManager::Secret", "aws_secretsmanager_secret"], ("Ref", "arn")),
    kind("state machine", "states", &["AWS::StepFunctions::StateMachine", "aws_sfn_state_machine"], ("Ref", "arn")),
];

const WEBSOCKET: Kind = kind("WebSocket API", "execute-api", &["AWS::ApiGatewayV2::Api", "aws_apigatewayv2_api"], ("-", "-"));

/// Keys of another account or user, with which a function calls instead of its role.
const CREDENTIALS: [&str; 3] = ["ACCESS_KEY", "ACCESSKEY", "ASSUME_ROLE"];

/// A resource that an environment variable names.
struct Told<'u> {
    kind: &'static Kind,
    resource: &'u Resource,
    variable: Str,
    value: Value,
    guard: Guard,
}

/// Checks every function with an environment.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for function in graph.all::<Function>() {
        let resource = graph.resource(function.id);
        let told = told(graph, &function);
        if told.is_empty() {
            continue;
        }
        for (inner, role) in graph.roles_of(&function.role) {
            let role = match role {
                RoleRef::Unit(id) => id,
                RoleRef::Outside(reason, cause) => {
                    let cause = Gap::new(reason, cause);
                    sink.unlisted.extend(told.iter().map(|told| undecided(resource, &told.value, &cause)));
                    continue;
                }
            };
            let Some(when) = presence(resource).and(&inner).and_then(|when| when.and(&presence(graph.resource(role)))) else { continue };
            judge(graph, resource, role, &told, &when, sink);
        }
    }
}

fn undecided(function: &Resource, value: &Value, gap: &Gap) -> Undecided {
    let (address, span) = (function.address.clone(), value.span.or(function.name_span));
    Undecided { rule: RULE, address, span, reason: gap.reason.clone(), cause: gap.cause }
}

/// What the environment of a function names of the unit, each resource once.
fn told<'u>(graph: &'u Graph<'_>, function: &Function) -> Vec<Told<'u>> {
    let mut out: Vec<Told<'u>> = Vec::new();
    for (outer, environment) in function.environment.alternatives() {
        let entries = || environment.as_map().into_iter().flat_map(|map| &map.entries);
        if entries().any(|(name, _)| CREDENTIALS.iter().any(|word| name.to_ascii_uppercase().contains(word))) {
            return Vec::new();
        }
        for (variable, value) in entries() {
            for (inner, value) in value.alternatives() {
                let Some(guard) = outer.and(&inner) else { continue };
                let Some((kind, resource)) = named(graph, graph.resource(function.id), &value) else { continue };
                if resource.mode == Mode::Managed && out.iter().all(|known| known.resource.id != resource.id) {
                    out.push(Told { kind, resource, variable: variable.clone(), value, guard });
                }
            }
        }
    }
    out
}

/// The resource that a variable's value names, where that is what one needs to call it.
fn named<'u>(graph: &'u Graph<'_>, function: &Resource, value: &Value) -> Option<(&'static Kind, &'u Resource)> {
    if let Some(resource) = graph.referent(value).or_else(|| by_name(graph, function, value)) {
        let kind = KINDS.iter().find(|kind| kind.types.contains(&resource.kind.as_str()))?;
        // The domain names of a bucket are for links to what is in it.
        let is = |path: &&str| {
            let own = graph.names.attribute(resource.id, path);
            graph.names.text(value).is_some_and(|text| text::same(&text, &own) == text::Answer::Yes)
        };
        let called = kind.service != "s3" || ["Ref", "Arn", "id", "bucket", "arn"].iter().any(is);
        return called.then_some((kind, resource));
    }
    let text = graph.names.text(value)?;
    let https = matches!(text.parts().first(), Some(Part::Literal(start)) if start.starts_with("https://"));
    if !https || !text::contains(&text, ".execute-api.") {
        return None;
    }
    let api = text.parts().into_iter().find_map(|part| if let Part::Attr(attr) = part { Some(attr.resource) } else { None })?;
    let api = graph.resource(api);
    let protocol = ["ProtocolType", "protocol_type"].iter().map(|path| read(&api.attributes, path)).find(|value| !value.is_null());
    let is_websocket = protocol.is_some_and(|protocol| protocol.as_str() == Some("WEBSOCKET"));
    (is_websocket && WEBSOCKET.types.contains(&api.kind.as_str())).then_some((&WEBSOCKET, api))
}

/// What the function refers to and has the name that a value is: a name that is written is what a reference to it comes to.
fn by_name<'u>(graph: &'u Graph<'_>, function: &Resource, value: &Value) -> Option<&'u Resource> {
    let text = Text::literal(value.as_str()?);
    let is_named = |resource: &&Resource| {
        let name = graph.names.written_name(resource).and_then(|name| graph.names.text(&name));
        name.is_some_and(|name| text::same(&name, &text) == text::Answer::Yes)
    };
    let is_called = |resource: &&Resource| KINDS.iter().any(|kind| kind.types.contains(&resource.kind.as_str()));
    let mut found = function.references.iter().map(|id| graph.resource(*id)).filter(is_called).filter(is_named);
    let only = found.next();
    only.filter(|_| found.next().is_none())
}

fn arn(graph: &Graph<'_>, told: &Told<'_>) -> Text {
    let ((template, terraform), names) = (told.kind.arn, &graph.names);
    let attribute = |path| names.attribute(told.resource.id, path);
    let is_template = told.resource.kind.contains("::");
    if told.kind.service == WEBSOCKET.service {
        let (region, account) = (names.region(told.resource), names.account_of(told.resource));
        let (colon, id) = (Text::literal(":"), attribute(if is_template { "Ref" } else { "id" }));
        let pieces = [&Text::literal("arn:"), names.partition(), &Text::literal(":execute-api:"), &region, &colon, &account, &colon, &id];
        return Text::concat(pieces);
    }
    attribute(if is_template { template } else { terraform })
}

fn judge(graph: &Graph<'_>, function: &Resource, role: ResourceId, all: &[Told<'_>], when: &Guard, sink: &mut Sink) {
    let set = graph.policies_of(role);
    let touched: Vec<Touch> = all.iter().map(|told| touch(graph, &set, told)).collect();
    for (told, touched) in all.iter().zip(&touched) {
        let gap = match touched {
            Touch::Allowed => continue,
            Touch::Unknown(gap) => gap,
            // With another role it may call whatever that one may.
            Touch::Nothing if touch::uses(&set, "sts") => {
                let reason = "its role may assume another one, which may allow it".to_owned();
                &Gap::new(reason, graph.resource(role).name_span)
            }
            Touch::Nothing => {
                let sibling = touch::uses(&set, told.kind.service);
                let Some(when) = when.and(&told.guard) else { continue };
                sink.findings.push(finding(graph, function, graph.resource(role), told, &set, sibling, &when));
                continue;
            }
        };
        sink.unlisted.push(undecided(function, &told.value, gap));
    }
}

fn touch(graph: &Graph<'_>, set: &PolicySet, told: &Told<'_>) -> Touch {
    let on = match told.kind.service {
        // No policy on these lets a caller in.
        "execute-api" | "states" => ResourceSet::default(),
        _ => (*graph.policies_on(told.resource)).clone(),
    };
    touch::touches(set, &on, told.kind.service, &arn(graph, told))
}

fn finding(
    graph: &Graph<'_>,
    function: &Resource,
    role: &Resource,
    told: &Told<'_>,
    set: &PolicySet,
    sibling: bool,
    when: &Guard,
) -> Finding {
    let (kind, address) = (told.kind, &told.resource.address);
    let calls = if kind.service == "execute-api" { "execute-api:ManageConnections".to_owned() } else { format!("{}:*", kind.service) };
    let read: Vec<&str> = set.policies.iter().map(|policy| policy.label.as_str()).collect();
    let mut message = Message::new(format!("`{}` may do nothing with {} `{address}`", function.address, kind.name))
        .under(&further(function, when))
        .because(format!("its environment variable `{}` names it, and role `{}` allows nothing on it", told.variable, role.address))
        .note(format!("a call fails with \"AccessDeniedException … is not authorized to perform: {calls}\""));
    if sibling {
        message = message.note(format!("the role allows actions of {} on something else", kind.service));
    }
    if !read.is_empty() {
        message = message.note(policies_checked(&read));
    }
    // The name of a bucket is often there for a link only.
    let bare = kind.service == "s3" && !sibling;
    let text = match kind.service {
        "execute-api" => format!("allow execute-api:ManageConnections on the stage's `POST/@connections/*` to role `{}`", role.address),
        _ => format!("allow what the function does with it to role `{}`, or take the variable away", role.address),
    };
    let place = graph.place(function.id, &told.value);
    Finding {
        rule: RULE,
        severity: severity(when, if bare { Severity::Note } else { Severity::Warning }),
        message,
        primary: Label::new(told.value.span.or(place), format!("`{}` tells the function of it", told.variable)),
        related: vec![
            Label::new(told.resource.name_span, format!("the {}", kind.name)),
            Label::new(role.name_span, "the role of the function"),
        ],
        flow: Vec::new(),
        help: Some(Help { text, code: String::new() }),
        address: function.address.clone(),
        key: address.clone(),
    }
}
