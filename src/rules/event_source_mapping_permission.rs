//! `event-source-mapping-permission`: the role of a function may not read the queue or stream that feeds it.

use super::Sink;
use super::support::key;
use super::support::role::{self, Demand};
use crate::finding::{Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::event_sources::Source;
use crate::graph::roles::presence;
use crate::model::lambda::EventSourceMapping;
use crate::unit::Mode;
use crate::value::Value;

const RULE: &str = "event-source-mapping-permission";

/// Checks every event source mapping.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for mapping in graph.all::<EventSourceMapping>() {
        let (mut sources, mut functions) = (mapping.source.alternatives(), mapping.function.alternatives());
        match (sources.pop(), functions.pop()) {
            (Some((_, source)), Some((_, function))) if sources.is_empty() && functions.is_empty() => {
                check_mapping(graph, &mapping, &source, &function, sink);
            }
            _ => {
                let reason = "what it reads, or for which function, depends on a condition that cannot be decided".to_owned();
                role::undecided(graph, RULE, mapping.id, reason, mapping.source.span, sink);
            }
        }
    }
}

fn check_mapping(graph: &Graph<'_>, mapping: &EventSourceMapping, source: &Value, function: &Value, sink: &mut Sink) {
    let (kind, arn) = match graph.event_source(source) {
        Source::Known(kind, arn) => (kind, arn),
        Source::Other => return,
        Source::Unknown(reason, cause) => return role::undecided(graph, RULE, mapping.id, reason, cause, sink),
    };
    let function = match role::function(graph, function, mapping.id) {
        Ok(function) => function,
        Err(reason) => return role::undecided(graph, RULE, mapping.id, reason, function.span, sink),
    };
    let (resource, owner) = (graph.resource(mapping.id), graph.resource(function.id));
    let Some(guard) = presence(resource).and(&presence(owner)) else { return };
    let shown = graph.referent(source).map_or_else(|| source.words(), |r| r.address.to_string());
    let demand = Demand {
        rule: RULE,
        severity: Severity::Error,
        subject: mapping.id,
        key: Default::default(),
        role: function.role.clone(),
        guard,
        needs: graph.poller_needs(mapping, kind, &arn),
        on: match kind.has_policy {
            true => role::policies_on(graph, mapping.id, source, &arn),
            false => Default::default(),
        },
        consequence: Message::new(format!("`{}` gets nothing from {} `{shown}`", owner.address, kind.name)).note(kind.consequence),
        cause: Label::new(resource.name_span, format!("reads {} `{shown}` with the role of `{}`", kind.name, owner.address)),
    };
    role::check(graph, &demand, sink);
    if let Some(read) = graph.referent(source).filter(|r| r.mode == Mode::Managed) {
        let nothing = format!("`{}` gets nothing from {} `{shown}`", owner.address, kind.name);
        let demand = key::demand(RULE, mapping.id, &function.role, &demand.guard, nothing, demand.cause.clone());
        key::check(graph, demand, read, &["kms:Decrypt"], sink);
    }
}
