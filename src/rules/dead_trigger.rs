//! `dead-trigger`: a permission or mapping that can never work. See `rules/dead-trigger.md`.

use std::collections::{HashMap, HashSet};

use super::Sink;
use super::support::endpoint::{assignment, expression};
use super::support::mend::{Dialect, dialect, local_address, scope};
use super::support::place::further;
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::dead_sources::DeadSource;
use crate::graph::functions::has_unknown;
use crate::graph::permissions::Grant;
use crate::graph::streams::NoStream;
use crate::model::lambda::EventSourceMapping;
use crate::model::names;
use crate::unit::Resource;
use crate::value::{Guard, Part, ResourceId, Str, Text, Value};

const RULE: &str = "dead-trigger";

/// Checks every permission for a service, and every mapping from a table.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let mut reported: HashMap<String, HashSet<Str>> = HashMap::new();
    for grant in graph.permissions.all() {
        check_permission(graph, grant, &mut reported, sink);
    }
    for mapping in graph.all::<EventSourceMapping>() {
        for (guard, source) in mapping.source.alternatives() {
            check_mapping(graph, &mapping, &guard, &source, sink);
        }
    }
}

fn check_permission(graph: &Graph<'_>, grant: &Grant, reported: &mut HashMap<String, HashSet<Str>>, sink: &mut Sink) {
    let p = &grant.permission;
    let resource = graph.resource(p.id);
    // What the translator writes is not the owner's to change.
    if resource.origin.is_some() {
        return;
    }
    for (outer, principal) in p.principal.alternatives() {
        for (inner, source) in p.source_arn.alternatives() {
            let Some(guard) = resource.presence.and(&outer).and_then(|g| g.and(&inner)) else { continue };
            let Some(service) = principal.as_str() else {
                // A source ARN that its own service never presents is none for another one either.
                if graph.dead_for_its_own(&source) {
                    undecided(graph, p.id, &principal, sink);
                }
                continue;
            };
            let Some(dead) = graph.dead_source(service, &source) else {
                if graph.may_be_dead(service, &source) {
                    undecided(graph, p.id, &source, sink);
                }
                continue;
            };
            // A call that nothing covers is reported where it is made, with this permission as the nearest.
            let uncovered = reported.entry(service.to_owned()).or_insert_with(|| graph.uncovered_functions(service));
            let told = grant.target.as_ref().and_then(|t| names::key(&t.name)).is_some_and(|name| uncovered.contains(&name));
            if !told {
                sink.findings.push(permission_finding(graph, resource, &source, &guard, &dead));
            }
        }
    }
}

fn permission_finding(graph: &Graph<'_>, resource: &Resource, source: &Value, guard: &Guard, dead: &DeadSource) -> Finding {
    let attribute = if dialect(graph) == Dialect::Terraform { "source_arn" } else { "SourceArn" };
    // What is not known cannot be written down; and another module's resource cannot be named here.
    let nameable = |text: &Text| {
        let here = |part: &Part| !matches!(part, Part::Attr(attr) if scope(graph.resource(attr.resource)) != scope(resource));
        !has_unknown(text) && text.parts().iter().all(here)
    };
    let help = match dead.instead.as_ref().filter(|text| nameable(text)) {
        Some(text) => assignment(graph, "name what the service presents:", attribute, &expression(graph, text)),
        None => Help { text: format!("name in `{attribute}` what the service presents"), code: String::new() },
    };
    Finding {
        rule: RULE,
        severity: Severity::Warning,
        message: Message::new(format!("`{}` never allows a call", resource.address))
            .under(&further(resource, guard))
            .because(format!("its source ARN is {}", dead.what))
            .note(format!("{}, and the source ARN is `{source:#}`", dead.presents)),
        primary: Label::new(source.span.or(resource.name_span), dead.what.clone()),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(help),
        address: resource.address.clone(),
        key: "".into(),
    }
}

fn check_mapping(graph: &Graph<'_>, mapping: &EventSourceMapping, guard: &Guard, source: &Value, sink: &mut Sink) {
    let resource = graph.resource(mapping.id);
    let Some(guard) = resource.presence.and(guard) else { return };
    let (table, guard) = match graph.no_stream(source) {
        None => return,
        Some(NoStream::Unknown(value)) => return undecided(graph, mapping.id, &value, sink),
        Some(NoStream::Table(table)) => (table.map(|id| graph.resource(id)), guard),
        Some(NoStream::Disabled(table, inner)) => {
            let table = graph.resource(table);
            let Some(guard) = guard.and(&inner).and_then(|g| g.and(&table.presence)) else { return };
            return sink.findings.push(disabled(graph, resource, source, table, &guard));
        }
    };
    let attribute = if resource.kind.contains("::") { "EventSourceArn" } else { "event_source_arn" };
    let help = match table.filter(|t| scope(t) == scope(resource)) {
        Some(table) if table.kind.contains("::") => {
            assignment(graph, "name the stream:", attribute, &format!("${{{}.StreamArn}}", local_address(table)))
        }
        Some(table) => assignment(graph, "name the stream:", attribute, &format!("{}.stream_arn", local_address(table))),
        None => Help { text: "name the stream of the table: an ARN with `/stream/` and a date".to_owned(), code: String::new() },
    };
    let message = Message::new(format!("`{}` is refused", resource.address))
        .under(&further(resource, &guard))
        .because("its source is the ARN of a table, not of its stream")
        .note(format!("Lambda reads the stream of a table, and the source is `{source:#}`"));
    let related = table.map(|t| Label::new(t.name_span, "the table")).into_iter().collect();
    sink.findings.push(finding(resource, source, message, related, help));
}

fn disabled(graph: &Graph<'_>, resource: &Resource, source: &Value, table: &Resource, guard: &Guard) -> Finding {
    let message = Message::new(format!("`{}` cannot be made", resource.address))
        .under(&further(resource, guard))
        .because(format!("`{}` has no stream", table.address))
        .note(format!("there is no `{source:#}`"));
    let code = match dialect(graph) {
        Dialect::Terraform => "stream_enabled   = true\nstream_view_type = \"NEW_AND_OLD_IMAGES\"",
        Dialect::Yaml => "StreamSpecification:\n  StreamViewType: NEW_AND_OLD_IMAGES",
        Dialect::Json => "\"StreamSpecification\": { \"StreamViewType\": \"NEW_AND_OLD_IMAGES\" }",
    };
    let related = vec![Label::new(table.name_span, "this table has no stream")];
    let help = Help { text: format!("turn the stream on, in `{}`:", local_address(table)), code: code.to_owned() };
    finding(resource, source, message, related, help)
}

fn finding(resource: &Resource, source: &Value, message: Message, related: Vec<Label>, help: Help) -> Finding {
    Finding {
        rule: RULE,
        severity: Severity::Warning,
        message,
        primary: Label::new(source.span.or(resource.name_span), "nothing comes from here"),
        related,
        flow: Vec::new(),
        help: Some(help),
        address: resource.address.clone(),
        key: "".into(),
    }
}

fn undecided(graph: &Graph<'_>, id: ResourceId, value: &Value, sink: &mut Sink) {
    let resource = graph.resource(id);
    let reason = value.first_unknown().map_or_else(|| format!("`{value:#}` is not known"), |hole| hole.message());
    let cause = value.span.or(resource.name_span);
    sink.undecided.push(Undecided { rule: RULE, address: resource.address.clone(), span: cause, reason, cause });
}
