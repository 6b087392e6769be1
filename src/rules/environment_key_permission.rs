//! `environment-key-permission`: the role of a function may not use the KMS key of its environment.

use indexmap::IndexMap;

use super::support::role::{self, Demand, ResourcePolicies};
use super::{Sink, instances};
use crate::finding::{Finding, Label, Severity};
use crate::graph::Graph;
use crate::graph::roles::presence;
use crate::iam::{Caller, Effect, Need};
use crate::model::lambda::Function;
use crate::text;
use crate::unit::{Mode, Resource};
use crate::value::{Kind, Part, Str, Value};

const RULE: &str = "environment-key-permission";

/// Checks every function that has environment variables and a key of its own for them; one note a key names its functions.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let mut notes: IndexMap<String, Vec<Finding>> = IndexMap::new();
    for function in graph.all::<Function>() {
        let resource = graph.resource(function.id);
        for (inner, key) in function.kms_key.alternatives() {
            if key.is_null() || key.as_str() == Some("") || is_empty(&function.environment) {
                continue;
            }
            let text = graph.names.text(&key);
            let unknown = text.as_ref().is_none_or(|t| matches!(t.parts().first(), Some(Part::Unknown(_))));
            let Some(arn) = text.filter(|_| !unknown) else {
                let reason = key.first_unknown().map_or_else(|| "the key is not known".to_owned(), |h| h.message());
                role::undecided(graph, RULE, function.id, reason, key.span, sink);
                continue;
            };
            let key_of_all = arn.to_string();
            let Some(guard) = presence(resource).and(&inner) else { continue };
            let demand = Demand {
                rule: RULE,
                severity: Severity::Note,
                subject: function.id,
                key: Default::default(),
                role: function.role.clone(),
                guard,
                needs: vec![vec![Need::on("kms:Decrypt", arn, Caller::Lambda)]],
                resource_policies: key_policies(graph, &key),
                consequence: format!(
                    "calls of `{}` fail with \"KMSAccessDeniedException: Lambda was unable to decrypt the environment variables because KMS access was denied\", unless a grant on the key stands in",
                    resource.address
                ),
                cause: Label::new(key.span.or(resource.name_span), "the key of the environment"),
            };
            let mut own = Sink::default();
            role::check(graph, &demand, &mut own);
            sink.undecided.append(&mut own.undecided);
            notes.entry(key_of_all).or_default().append(&mut own.findings);
        }
    }
    sink.findings.extend(notes.into_values().filter_map(one_of_all));
}

/// The note about the first function of a key, which names the others.
fn one_of_all(notes: Vec<Finding>) -> Option<Finding> {
    let mut others: Vec<Str> = Vec::new();
    let mut notes = notes.into_iter();
    let mut first = notes.next()?;
    for note in notes {
        if note.address != first.address && !others.contains(&note.address) {
            others.push(note.address);
        }
    }
    if !others.is_empty() {
        instances::speak_for(&mut first, &others);
    }
    Some(first)
}

fn is_empty(environment: &Value) -> bool {
    match &environment.kind {
        Kind::Null => true,
        Kind::Map(map) => map.entries.is_empty() && map.open.is_none(),
        _ => false,
    }
}

/// What else lets a role use a key: grants, and statements of the key's policy for others than the account as a whole. That one only
/// says that IAM policies count (AWS KMS Developer Guide, "Key policies in AWS KMS").
fn key_policies(graph: &Graph<'_>, key: &Value) -> ResourcePolicies {
    let declared = graph.referent(key).filter(|r| r.mode == Mode::Managed && r.kind.to_ascii_lowercase().ends_with("key"));
    let Some(resource) = declared else {
        return ResourcePolicies::Unseen(format!("`{key}` is not declared here, and its own policy may let the role in"), key.span);
    };
    if let Some(grant) = graph.of_kinds(&["aws_kms_grant"]).find(|g| g.references.is_empty() || g.references.contains(&resource.id)) {
        return ResourcePolicies::Unseen(format!("`{}` may let the role in", grant.address), grant.name_span);
    }
    match graph.resource_policies(resource).iter().any(|found| !found.policy.gaps.is_empty() || names_others(&found.policy.statements)) {
        true => ResourcePolicies::Unseen(format!("the policy of `{}` may let the role in", resource.address), policy_span(resource)),
        false => ResourcePolicies::None,
    }
}

/// Whether a statement allows something to more than the account and AWS's own services.
fn names_others(statements: &[crate::iam::Statement]) -> bool {
    let other = |kind: &str, item: &crate::iam::policy::Item| kind != "Service" && text::strip_suffix(&item.text, ":root").is_none();
    statements
        .iter()
        .filter(|s| s.effect != Effect::Deny)
        .any(|s| s.principals.negated || s.principals.open.is_some() || s.principals.items.iter().any(|(kind, item)| other(kind, item)))
}

fn policy_span(resource: &Resource) -> crate::source::Span {
    resource.attribute("policy").or_else(|| resource.attribute("KeyPolicy")).map_or(resource.name_span, |v| v.span.or(resource.name_span))
}
