//! `environment-key-permission`: the role of a function may not use the KMS key of its environment.

use std::sync::Arc;

use indexmap::IndexMap;

use super::support::key;
use super::support::role::{self, Demand};
use super::{Sink, instances};
use crate::finding::{Finding, Label, Message, Severity};
use crate::gap::Gap;
use crate::graph::Graph;
use crate::graph::roles::presence;
use crate::iam::{Caller, Need, ResourceSet};
use crate::model::lambda::Function;
use crate::text::Answer;
use crate::unit::Mode;
use crate::value::{Kind, Part, Str, Value};

const RULE: &str = "environment-key-permission";

/// Checks every function that has environment variables and a key of its own for them; one note a key names its functions.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let mut notes: IndexMap<String, Vec<Finding>> = IndexMap::new();
    for function in graph.all::<Function>() {
        let resource = graph.resource(function.id);
        for (inner, key) in function.kms_key.alternatives() {
            if key.is_null() || key.as_str() == Some("") || emptiness(&function.environment) == Answer::Yes {
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
                on: key_policies(graph, &key),
                consequence: Message::new(format!("calls of `{}` fail, unless a grant on its key stands in", resource.address)).note(
                    "Lambda says \"KMSAccessDeniedException: Lambda was unable to decrypt the environment variables because KMS access was denied\"",
                ),
                cause: Label::new(key.span.or(resource.name_span), "the key of the environment"),
            };
            let mut own = Sink::default();
            role::check(graph, &demand, &mut own);
            if emptiness(&function.environment) == Answer::Maybe && !own.findings.is_empty() {
                sink.gap(graph, RULE, function.id, &Gap::of(&function.environment));
                continue;
            }
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

/// Whether there are no variables, so that nothing is decrypted.
fn emptiness(environment: &Value) -> Answer {
    match &environment.kind {
        Kind::Null => Answer::Yes,
        Kind::Map(map) if !map.entries.is_empty() => Answer::No,
        Kind::Map(map) if map.open.is_none() => Answer::Yes,
        Kind::Choice(branches) => {
            let each = || branches.iter().map(|(_, branch)| emptiness(branch));
            each().reduce(|all, one| if all == one { all } else { Answer::Maybe }).unwrap_or(Answer::Yes)
        }
        _ => Answer::Maybe,
    }
}

fn key_policies(graph: &Graph<'_>, key: &Value) -> Arc<ResourceSet> {
    let declared = graph.referent(key).filter(|r| r.mode == Mode::Managed && r.kind.to_ascii_lowercase().ends_with("key"));
    declared.map_or_else(|| key::unseen(key), |resource| graph.policies_on(resource))
}
