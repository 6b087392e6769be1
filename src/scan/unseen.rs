//! What a unit calls and cannot be seen into: told once for each call, so that silence about it is not taken for a clean bill.

use std::collections::HashSet;

use crate::finding::Undecided;
use crate::source::Span;
use crate::terraform::module_source::is_local;
use crate::unit::{Opaque, Unit, UnitKind};

/// The rule of what cannot be seen into.
pub const UNSEEN_SOURCE: &str = "unseen-source";

/// A line for each module call, nested stack and macro of a unit that hides what it makes.
pub fn unseen(unit: &Unit) -> Vec<Undecided> {
    let mut seen = HashSet::new();
    // A local folder that is not there is a problem of its own.
    let is_told = |o: &&Opaque| o.reason.is_none() && is_local(&o.source);
    let calls = unit.opaque.iter().filter(|o| !is_told(o) && seen.insert((o.span, o.source.clone())));
    calls
        .map(|opaque| Undecided {
            rule: UNSEEN_SOURCE,
            address: opaque.address.clone(),
            span: opaque.span,
            reason: reason(unit, opaque),
            cause: Span::NONE,
        })
        .collect()
}

fn reason(unit: &Unit, opaque: &Opaque) -> String {
    let Opaque { address, source, .. } = opaque;
    if let Some(reason) = &opaque.reason {
        return reason.to_string();
    }
    let modelled = unit.modelled.iter().find(|m| m.address == *address);
    match (unit.kind, modelled) {
        (_, Some(modelled)) => {
            let names: Vec<String> = modelled.unknown_arguments.iter().map(|n| format!("`{n}`")).collect();
            format!("what {} of `{address}` ({source}) does is not known; `terraform init` installs the module", names.join(", "))
        }
        (UnitKind::Terraform, None) if address != source => {
            format!("the source of `{address}` ({source}) is not here, so nothing inside it was checked; `terraform init` installs it")
        }
        // A macro is called by its name.
        (_, None) if address == source => format!("what the macro `{source}` makes cannot be seen, so nothing of it was checked"),
        (_, None) => {
            format!("what `{address}` ({source}) makes cannot be seen, so nothing of it was checked")
        }
    }
}
