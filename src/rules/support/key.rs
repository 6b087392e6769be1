//! The key of what a role calls: the call fails without it as it does without the action.

use super::role::{self, Demand, ResourcePolicies};
use crate::finding::Label;
use crate::graph::Graph;
use crate::iam::policy::Item;
use crate::iam::{Caller, Effect, Need, Statement};
use crate::rules::Sink;
use crate::source::Span;
use crate::text;
use crate::unit::Resource;
use crate::value::{Guard, ResourceId, Value};

/// Reports a role that may not use the key of a queue, topic, bucket or stream as a call on it takes. `demand` is that of the call itself.
pub(crate) fn check(graph: &Graph<'_>, demand: Demand, called: &Resource, calls: &[&'static str], sink: &mut Sink) {
    for own in graph.own_keys(called) {
        let Some(guard) = demand.guard.and(&own.guard) else { continue };
        let (needs, resource_policies, shown) = match own.key {
            Some(key) => {
                let arn = graph.names.attribute(key.id, if key.kind.contains("::") { "Arn" } else { "arn" });
                let need = |call: &&'static str| vec![Need::on(*call, arn.clone(), Caller::Function)];
                (calls.iter().map(need).collect(), policies(graph, key), key.address.to_string())
            }
            None => {
                let need = |call: &&'static str| vec![Need::on_everything(*call, "kms", Caller::Function)];
                let needs: Vec<Vec<Need>> = calls.iter().map(need).collect();
                (needs, unseen(&own.value), own.value.to_string())
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
            resource_policies,
            consequence: format!("{}: `{}` is encrypted with `{shown}`", demand.consequence, called.address).into(),
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
        resource_policies: ResourcePolicies::None,
        consequence: consequence.into(),
        cause,
    }
}

/// A key that is not of this unit.
pub(crate) fn unseen(key: &Value) -> ResourcePolicies {
    ResourcePolicies::Unseen(format!("`{key}` is not declared here, and its own policy may let the role in"), key.span)
}

/// What else lets a role use a key: grants, and statements of the key's policy for others than the account as a whole. That one only
/// says that IAM policies count (AWS KMS Developer Guide, "Key policies in AWS KMS").
pub(crate) fn policies(graph: &Graph<'_>, key: &Resource) -> ResourcePolicies {
    if let Some(grant) = graph.of_kinds(&["aws_kms_grant"]).find(|g| g.references.is_empty() || g.references.contains(&key.id)) {
        return ResourcePolicies::Unseen(format!("`{}` may let the role in", grant.address), grant.name_span);
    }
    if let Some(gap) = graph.unseen_of(key.id, "may add a policy or a grant that lets the role in") {
        return ResourcePolicies::Unseen(gap.reason, gap.cause);
    }
    match graph.resource_policies(key).iter().any(|found| !found.policy.gaps.is_empty() || names_others(&found.policy.statements)) {
        true => ResourcePolicies::Unseen(format!("the policy of `{}` may let the role in", key.address), policy_span(key)),
        false => ResourcePolicies::None,
    }
}

/// Whether a statement allows something to more than the account and AWS's own services.
fn names_others(statements: &[Statement]) -> bool {
    let other = |kind: &str, item: &Item| kind != "Service" && text::strip_suffix(&item.text, ":root").is_none();
    statements
        .iter()
        .filter(|s| s.effect != Effect::Deny)
        .any(|s| s.principals.negated || s.principals.open.is_some() || s.principals.items.iter().any(|(kind, item)| other(kind, item)))
}

fn policy_span(key: &Resource) -> Span {
    key.attribute("policy").or_else(|| key.attribute("KeyPolicy")).map_or(key.name_span, |v| v.span.or(key.name_span))
}
