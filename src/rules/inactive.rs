//! Findings about what does nothing: a resource that is switched off, or that is at an emulator and not in AWS. They are notes: what they say
//! shows on the day when it is switched on, or deployed.

use std::collections::HashMap;

use crate::finding::{Finding, Label, Severity};
use crate::graph::Graph;
use crate::unit::{Mode, Resource};

/// What AWS refuses at the deploy, whether the resource is switched on or off.
const REFUSED_ANYWAY: [&str; 3] = ["arn-mismatch", "dead-trigger", "queue-visibility-timeout"];

/// Makes notes of the findings whose resource does nothing.
pub(super) fn soften<'f>(graph: &Graph<'_>, findings: impl Iterator<Item = &'f mut Finding>) {
    let worse: Vec<&mut Finding> = findings.filter(|finding| finding.severity > Severity::Note).collect();
    if worse.is_empty() {
        return;
    }
    let managed = graph.unit.resources.iter().filter(|resource| resource.mode == Mode::Managed);
    let by_address: HashMap<&str, &Resource> = managed.map(|resource| (resource.address.as_str(), resource)).collect();
    for finding in worse {
        let Some(resource) = by_address.get(finding.address.as_str()) else { continue };
        if let Some(span) = resource.emulator {
            note(finding, "its provider is an emulator of AWS, where nothing checks this", Label::new(span, "an emulator's endpoint"));
        } else if let Some(dormant) = graph.dormant(resource).filter(|_| !REFUSED_ANYWAY.contains(&finding.rule)) {
            note(finding, &format!("that shows once it is switched on: {}", dormant.what), Label::new(dormant.span, dormant.what));
        }
    }
}

fn note(finding: &mut Finding, why: &str, label: Label) {
    finding.severity = Severity::Note;
    finding.message.notes.push(why.to_owned());
    finding.related.push(label);
}
