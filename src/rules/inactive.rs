//! Findings about what does nothing: a resource that is switched off, or that is at an emulator and not in AWS. They are notes: what they say
//! shows on the day when it is switched on, or deployed.

use std::collections::HashMap;

use super::Sink;
use crate::finding::{Finding, Label, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::dormant::Power;
use crate::unit::{Mode, Resource};
use crate::value::Guard;

/// What AWS refuses at the deploy, whether the resource is switched on or off.
const REFUSED_ANYWAY: [&str; 3] = ["arn-mismatch", "dead-trigger", "queue-visibility-timeout"];

/// Makes notes of the findings whose resource does nothing, leaves undecided those of which that is not known, and has those whose resource
/// is switched on in some deploys only say in which.
pub(super) fn soften(graph: &Graph<'_>, sinks: &mut [Sink]) {
    if sinks.iter().flat_map(|sink| &sink.findings).all(|finding| finding.severity == Severity::Note) {
        return;
    }
    let managed = graph.unit.resources.iter().filter(|resource| resource.mode == Mode::Managed);
    let by_address: HashMap<&str, &Resource> = managed.map(|resource| (resource.address.as_str(), resource)).collect();
    for sink in sinks {
        for mut finding in std::mem::take(&mut sink.findings) {
            let resource = by_address.get(finding.address.as_str()).filter(|_| finding.severity > Severity::Note);
            match resource.and_then(|resource| settle(graph, resource, &mut finding)) {
                Some(undecided) => sink.undecided.push(undecided),
                None => sink.findings.push(finding),
            }
        }
    }
}

/// What becomes of a finding; a check that cannot be decided where one is left.
fn settle(graph: &Graph<'_>, resource: &Resource, finding: &mut Finding) -> Option<Undecided> {
    if let Some(span) = resource.emulator {
        note(finding, "its provider is an emulator of AWS, where nothing checks this", Label::new(span, "an emulator's endpoint"));
        return None;
    }
    if REFUSED_ANYWAY.contains(&finding.rule) {
        return None;
    }
    match graph.power(resource) {
        Power::On => {}
        Power::Off(dormant) => {
            let why = format!("that shows once it is switched on: {}", dormant.what);
            note(finding, &why, Label::new(dormant.span, dormant.what));
        }
        Power::When(on) => {
            let message = std::mem::take(&mut finding.message);
            finding.message = match on.as_slice() {
                [only] if message.contains(&only.to_string()) => message,
                [only] => message.under(only),
                several => message.note(format!("it is so where {}", joined(several))),
            };
        }
        Power::Unknown(gap) => {
            return Some(Undecided {
                rule: finding.rule,
                address: finding.address.clone(),
                span: finding.primary.span,
                reason: gap.reason,
                cause: gap.cause,
            });
        }
    }
    None
}

fn joined(conditions: &[Guard]) -> String {
    conditions.iter().map(Guard::to_string).collect::<Vec<_>>().join(" or ")
}

fn note(finding: &mut Finding, why: &str, label: Label) {
    finding.severity = Severity::Note;
    finding.message.notes.push(why.to_owned());
    finding.related.push(label);
}
