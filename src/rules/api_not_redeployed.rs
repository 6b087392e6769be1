//! `api-not-redeployed`: a deployment that does not follow its API.

use std::collections::{BTreeSet, HashMap};

use super::Sink;
use super::support::{mend, some};
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::gap::Gap;
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
    /// Those that are its parts under some condition only.
    perhaps: HashMap<Str, Vec<ResourceId>>,
    /// Those that may be of any API.
    of_any: Vec<ResourceId>,
}

/// Which API a resource belongs to.
enum Owner {
    /// This one.
    Api(Str),
    /// One of these, and perhaps another one.
    Perhaps(Vec<Str>, bool),
}

impl Parts {
    fn new(graph: &Graph<'_>, api_property: &str, kinds: &[&str]) -> Self {
        let mut out = Parts { by_api: HashMap::new(), perhaps: HashMap::new(), of_any: Vec::new() };
        for part in graph.of_kinds(kinds) {
            match owner(graph, part, api_property) {
                Owner::Api(key) => out.by_api.entry(key).or_default().push(part.id),
                Owner::Perhaps(_, true) => out.of_any.push(part.id),
                Owner::Perhaps(keys, false) => keys.into_iter().for_each(|key| out.perhaps.entry(key).or_default().push(part.id)),
            }
        }
        out
    }

    /// What belongs to these APIs, or may; to any, where they may be any.
    fn of(&self, keys: &[Str], any: bool) -> Vec<ResourceId> {
        let maps = [&self.by_api, &self.perhaps];
        let own = maps.iter().flat_map(|map| map.iter().filter(|(key, _)| any || keys.contains(key)).flat_map(|(_, parts)| parts));
        let mut out: Vec<ResourceId> = own.chain(&self.of_any).copied().collect();
        out.sort();
        out
    }
}

fn owner(graph: &Graph<'_>, resource: &Resource, property: &str) -> Owner {
    let value = read(&resource.attributes, property);
    let (mut keys, mut open) = (Vec::new(), false);
    for (_, api) in value.alternatives() {
        match graph.names.text(&api).filter(|text| !text.may_be_own()).and_then(|text| names::key(&text)) {
            Some(key) => keys.push(key),
            None => open = true,
        }
    }
    match (keys.as_slice(), open) {
        ([one], false) => Owner::Api(one.clone()),
        _ => Owner::Perhaps(keys, open),
    }
}

/// Why it is not known which API a resource belongs to.
fn unclear(graph: &Graph<'_>, resource: &Resource, property: &str, what: &str) -> Gap {
    let api = read(&resource.attributes, property);
    let why = Gap::of_or(&api, || "none is written".to_owned());
    Gap::new(format!("{what}: {}", why.reason), why.cause.or(graph.place(resource.id, &api)))
}

fn check_deployment(graph: &Graph<'_>, deployment: &Resource, api_property: &str, parts: &Parts, sink: &mut Sink) {
    let reached = graph.closure(deployment.id);
    let frozen = graph.unit.kind == UnitKind::Terraform && !is_triggered(deployment);
    let ignored = deployment.ignore_changes.iter().any(|i| i == "all" || i == "triggers");
    let key = match owner(graph, deployment, api_property) {
        Owner::Api(key) => key,
        Owner::Perhaps(keys, any) => {
            let missed = || parts.of(&keys, any).iter().any(|part| !reached.contains(part));
            if !ignored && (frozen || missed()) {
                sink.gap(graph, RULE, deployment.id, &unclear(graph, deployment, api_property, "which API it deploys is not known"));
            }
            return;
        }
    };
    let perhaps = parts.perhaps.get(&key).into_iter().flatten().chain(&parts.of_any).find(|part| !reached.contains(part));
    let parts = parts.by_api.get(&key).map_or(&[][..], Vec::as_slice);
    let missed: Vec<&Resource> = parts.iter().filter(|p| !reached.contains(p)).map(|p| graph.resource(*p)).collect();
    // A part under a condition that the deployment does not share cannot be depended on.
    let missed: Vec<&Resource> = missed.into_iter().filter(|p| deployment.presence.implies(&p.presence)).collect();
    if frozen && !ignored {
        sink.findings.push(never_redeployed(graph, deployment, parts, &missed));
    } else if !missed.is_empty() && !ignored {
        sink.findings.push(out_of_order(graph, deployment, parts.len(), &missed));
    } else if let Some(part) = perhaps.filter(|_| !ignored) {
        let part = graph.resource(*part);
        let what = format!("whether it has to wait for `{}` is not known", part.address);
        sink.gap(graph, RULE, deployment.id, &unclear(graph, part, api_property, &what));
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
