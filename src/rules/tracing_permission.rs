//! `tracing-permission`: a function traces its calls, and its role may not write traces.

use super::Sink;
use super::support::role::{self, Demand};
use crate::finding::{Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::roles::presence;
use crate::iam::{Caller, Need};
use crate::model::lambda::Function;

const RULE: &str = "tracing-permission";

/// Checks every function whose tracing mode is `Active`.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for function in graph.all::<Function>() {
        let resource = graph.resource(function.id);
        for (inner, mode) in function.tracing_mode.alternatives() {
            match mode.as_str() {
                Some("Active") => {}
                Some(_) => continue,
                None if mode.is_null() => continue,
                None => {
                    let reason = mode.first_unknown().map_or_else(|| "the tracing mode is not known".to_owned(), |h| h.message());
                    role::undecided(graph, RULE, function.id, reason, mode.span, sink);
                    continue;
                }
            }
            let Some(guard) = presence(resource).and(&inner) else { continue };
            let demand = Demand {
                rule: RULE,
                severity: Severity::Warning,
                subject: function.id,
                key: Default::default(),
                role: function.role.clone(),
                guard,
                needs: vec![vec![Need::on_everything("xray:PutTraceSegments", "xray", Caller::Function)]],
                on: Default::default(),
                consequence: Message::new(format!("`{}` runs, and none of its traces are kept", resource.address)),
                cause: Label::new(mode.span.or(resource.name_span), "active tracing"),
            };
            role::check(graph, &demand, sink);
        }
    }
}
