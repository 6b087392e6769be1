//! The key of what a role calls: the call fails without it as it does without the action.

use std::sync::Arc;

use super::role::{self, Demand};
use crate::finding::Label;
use crate::graph::Graph;
use crate::iam::{Caller, Need, ResourceSet};
use crate::rules::Sink;
use crate::unit::Resource;
use crate::value::{Guard, ResourceId, Value};

/// Reports a role that may not use the key of a queue, topic, bucket or stream as a call on it takes. `demand` is that of the call itself.
pub(crate) fn check(graph: &Graph<'_>, demand: Demand, called: &Resource, calls: &[&'static str], sink: &mut Sink) {
    for own in graph.own_keys(called) {
        let Some(guard) = demand.guard.and(&own.guard) else { continue };
        let (needs, on, shown) = match own.key {
            Some(key) => {
                let arn = graph.names.attribute(key.id, if key.kind.contains("::") { "Arn" } else { "arn" });
                let need = |call: &&'static str| vec![Need::on(*call, arn.clone(), Caller::Function).through(service(called))];
                (calls.iter().map(need).collect(), graph.policies_on(key), key.address.to_string())
            }
            None => {
                let need = |call: &&'static str| vec![Need::on_everything(*call, "kms", Caller::Function).through(service(called))];
                let needs: Vec<Vec<Need>> = calls.iter().map(need).collect();
                (needs, unseen(&own.value), own.value.words())
            }
        };
        let demand = Demand {
            rule: demand.rule,
            severity: demand.severity,
            subject: demand.subject,
            key: format!("{} key", demand.key).trim().into(),
            role: demand.role.clone(),
            guard,
            needs,
            on,
            consequence: demand.consequence.clone().note(format!("`{}` is encrypted with `{shown}`", called.address)),
            cause: Label::new(own.value.span.or(called.name_span), "the key"),
        };
        role::check(graph, &demand, sink);
    }
}

/// The demand of a call, for its key: what is called goes unsaid.
pub(crate) fn demand(rule: &'static str, subject: ResourceId, role: &Value, guard: &Guard, consequence: String, cause: Label) -> Demand {
    Demand {
        rule,
        severity: crate::finding::Severity::Error,
        subject,
        key: Default::default(),
        role: role.clone(),
        guard: guard.clone(),
        needs: Vec::new(),
        on: Default::default(),
        consequence: consequence.into(),
        cause,
    }
}

/// A key that is not of this unit.
pub(crate) fn unseen(key: &Value) -> Arc<ResourceSet> {
    role::unseen(format!("`{key:#}` is not declared here, and its own policy may let the role in"), key.span)
}

/// The service that uses the key of what is called.
fn service(called: &Resource) -> &'static str {
    const SERVICES: [(&str, &str); 4] = [("sqs", "sqs"), ("sns", "sns"), ("kinesis", "kinesis"), ("s3", "s3")];
    let kind = called.kind.to_ascii_lowercase();
    SERVICES.iter().find(|(name, _)| kind.contains(name)).map_or("lambda", |(_, service)| service)
}
