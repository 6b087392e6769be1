//! Templates that a macro rewrites before they are deployed: what is found in the text as it is written is no proof there.

use super::Sink;
use crate::finding::{Finding, Undecided};
use crate::unit::{Opaque, Unit};

/// Makes undecided what is found in a template that CloudFormation first hands to a macro (CloudFormation User Guide, "Using
/// CloudFormation macros": a macro of the `Transform` section gets the whole template, and what it returns is deployed).
pub(super) fn settle(unit: &Unit, sink: &mut Sink) {
    let macros: Vec<&Opaque> = unit.opaque.iter().filter(|o| o.rewrites).collect();
    if macros.is_empty() {
        return;
    }
    for finding in std::mem::take(&mut sink.findings) {
        match macros.iter().find(|o| finding.address.starts_with(stack(o))) {
            Some(opaque) => sink.undecided.push(undecided(&finding, opaque)),
            None => sink.findings.push(finding),
        }
    }
    let mut seen = std::collections::HashSet::new();
    sink.undecided.retain(|u| seen.insert((u.rule, u.address.clone(), u.reason.clone())));
}

/// What the addresses in the macro's own template begin with.
fn stack(opaque: &Opaque) -> &str {
    opaque.address.strip_suffix(opaque.source.as_str()).unwrap_or_default()
}

fn undecided(finding: &Finding, opaque: &Opaque) -> Undecided {
    let reason = format!("the macro `{}` may change what is written here", opaque.source);
    Undecided { rule: finding.rule, address: finding.address.clone(), span: finding.primary.span, reason, cause: opaque.span }
}
