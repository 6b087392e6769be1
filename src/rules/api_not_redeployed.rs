//! `api-not-redeployed`: a deployment that does not follow its API.

use std::collections::{BTreeSet, HashMap};

use super::Sink;
use super::support::{mend, some};
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::model::{names, read};
use crate::unit::{Resource, UnitKind};
use crate::value::{Kind, ResourceId, Str, Value};

const RULE: &str = "api-not-redeployed";

/// What a deployment takes a snapshot of, by its type: the parts' types, and the property that holds their API.
const SNAPSHOTS: &[(&str, &str, &[&str])] = &[
    ("aws_api_gateway_deployment", "rest_api_id", &["aws_api_gateway_method", "aws_api_gateway_integration"]),
    ("aws_apigatewayv2_deployment", "api_id", &["aws_apigatewayv2_route"]),
    ("AWS::ApiGateway::Deployment", "RestApiId", &["AWS::ApiGateway::Method"]),
    ("AWS::ApiGatewayV2::Deployment", "ApiId", &["AWS::ApiGatewayV2::Route"]),
];

/// Checks every deployment.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for (kind, api_property, part_kinds) in SNAPSHOTS {
        let parts = Parts::new(graph, api_property, part_kinds);
        for deployment in graph.of_kinds(&[kind]).filter(|d| d.origin.is_none()) {
            check_deployment(graph, deployment, api_property, &parts, sink);
        }
    }
}

/// The parts of each API by the API's id.
struct Parts {
    by_api: HashMap<Str, Vec<ResourceId>>,
}

impl Parts {
    fn new(graph: &Graph<'_>, api_property: &str, kinds: &[&str]) -> Self {
        let mut by_api: HashMap<Str, Vec<ResourceId>> = HashMap::new();
        for part in graph.of_kinds(kinds) {
            if let Some(key) = api_key(graph, part, api_property) {
                by_api.entry(key).or_default().push(part.id);
            }
        }
        Parts { by_api }
    }
}

fn api_key(graph: &Graph<'_>, resource: &Resource, property: &str) -> Option<Str> {
    names::key(&graph.names.text(&read(&resource.attributes, property))?)
}

fn check_deployment(graph: &Graph<'_>, deployment: &Resource, api_property: &str, parts: &Parts, sink: &mut Sink) {
    let Some(key) = api_key(graph, deployment, api_property) else { return };
    let parts = parts.by_api.get(&key).map_or(&[][..], Vec::as_slice);
    let reached = graph.closure(deployment.id);
    let missed: Vec<&Resource> = parts.iter().filter(|p| !reached.contains(p)).map(|p| graph.resource(*p)).collect();
    // A part under a condition that the deployment does not share cannot be depended on.
    let missed: Vec<&Resource> = missed.into_iter().filter(|p| deployment.presence.implies(&p.presence)).collect();
    let frozen = graph.unit.kind == UnitKind::Terraform && !is_triggered(deployment);
    let ignored = deployment.ignore_changes.iter().any(|i| i == "all" || i == "triggers");
    if frozen && !ignored {
        sink.findings.push(never_redeployed(graph, deployment, parts, &missed));
    } else if !missed.is_empty() && !ignored {
        sink.findings.push(out_of_order(graph, deployment, parts.len(), &missed));
    }
}

/// Whether something makes Terraform replace the deployment when the API changes.
fn is_triggered(deployment: &Resource) -> bool {
    if deployment.attribute("triggers").is_some() {
        return true;
    }
    // Before there were triggers, a hash or time in one of these did it.
    ["stage_description", "variables", "description"].iter().filter_map(|name| deployment.attribute(name)).any(changes)
}

/// Whether a value is one that changes with the source: unknown before the deploy, or a hash.
fn changes(value: &Value) -> bool {
    match &value.kind {
        Kind::Map(map) => map.open.is_some() || map.entries.values().any(changes),
        Kind::Text(text) => match text.as_known() {
            Some(known) => known.split(|c: char| !c.is_ascii_hexdigit()).any(|run| run.len() >= 32) || is_base64_hash(known),
            None => true,
        },
        _ => value.first_unknown().is_some(),
    }
}

/// The length of a SHA-256 in base64.
fn is_base64_hash(text: &str) -> bool {
    text.len() == 44 && text.ends_with('=')
}

fn never_redeployed(graph: &Graph<'_>, deployment: &Resource, parts: &[ResourceId], missed: &[&Resource]) -> Finding {
    let address = &deployment.address;
    let order = match missed.is_empty() {
        true => "",
        false => "it does not wait for the methods either: the first deploy can fail with \"The REST API doesn't contain any methods\"",
    };
    let unique = dependencies(deployment, parts.iter().map(|p| graph.resource(*p)));
    let hashed = if unique.is_empty() { "…".to_owned() } else { format!("\n    {},\n  ", unique.join(",\n    ")) };
    let code =
        format!("triggers = {{\n  redeployment = sha1(jsonencode([{hashed}]))\n}}\n\nlifecycle {{\n  create_before_destroy = true\n}}");
    Finding {
        rule: RULE,
        severity: Severity::Warning,
        message: Message::new(format!("nothing replaces `{address}` when the API changes"))
            .note("no later change of the API goes live: a deployment is a snapshot")
            .note(order),
        primary: Label::new(deployment.name_span, "has no `triggers`"),
        related: missed.iter().take(3).map(|p| Label::new(p.name_span, "not waited for")).collect(),
        flow: Vec::new(),
        help: Some(Help { text: "replace it whenever one of its parts changes:".to_owned(), code }),
        address: address.clone(),
        key: "".into(),
    }
}

/// What the deployment has to name, each once, in order.
fn dependencies<'u>(deployment: &Resource, parts: impl Iterator<Item = &'u Resource>) -> Vec<String> {
    let unique: BTreeSet<String> = parts.map(|p| mend::dependency(deployment, p)).collect();
    unique.into_iter().collect()
}

fn out_of_order(graph: &Graph<'_>, deployment: &Resource, all: usize, missed: &[&Resource]) -> Finding {
    let names: Vec<String> = missed.iter().map(|p| format!("`{}`", p.address)).collect();
    let consequence = match missed.len() == all {
        true => "the first deploy can fail with \"The REST API doesn't contain any methods\"",
        false => "the deployment can be a snapshot of half the API",
    };
    // What it waits for already is written again: the property is there once.
    let known = deployment.depends_on.iter().map(|id| graph.resource(id));
    let unique = dependencies(deployment, known.chain(missed.iter().copied()));
    let code = match mend::dialect(graph) {
        mend::Dialect::Terraform => format!("depends_on = [\n  {},\n]", unique.join(",\n  ")),
        mend::Dialect::Yaml => format!("DependsOn:\n  - {}", unique.join("\n  - ")),
        mend::Dialect::Json => format!("\"DependsOn\": [\"{}\"]", unique.join("\", \"")),
    };
    Finding {
        rule: RULE,
        severity: Severity::Warning,
        message: Message::new(format!("`{}` does not wait for {}", deployment.address, some(&names))).note(consequence),
        primary: Label::new(deployment.name_span, "made without waiting for the API's parts"),
        related: missed.iter().take(4).map(|p| Label::new(p.name_span, "not waited for")).collect(),
        flow: Vec::new(),
        help: Some(Help { text: "let it depend on them:".to_owned(), code }),
        address: deployment.address.clone(),
        key: "order".into(),
    }
}
