//! What several rules share: phrases and code to paste. No facts: those are asked of the graph.

pub(crate) mod delivery;
pub(crate) mod egress;
pub(crate) mod endpoint;
pub(crate) mod eni;
pub(crate) mod invoke;
pub(crate) mod key;
pub(crate) mod log_delivery;
pub(crate) mod mend;
pub(crate) mod misfit;
pub(crate) mod modelled;
pub(crate) mod place;
pub(crate) mod role;

pub(crate) use crate::finding::{listed as list, some};

/// `stage dev` or `stages dev and prod`.
pub(crate) fn stages(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    format!("{} {}", if names.len() == 1 { "stage" } else { "stages" }, list(&quoted))
}
