//! What several rules share: phrases and code to paste. No facts: those are asked of the graph.

pub(crate) mod egress;
pub(crate) mod endpoint;
pub(crate) mod invoke;
pub(crate) mod mend;
pub(crate) mod misfit;
pub(crate) mod modelled;
pub(crate) mod place;
pub(crate) mod role;

/// `a`, `b` and `c`.
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => format!("{} and {}", first.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "), last.as_ref()),
    }
}

/// `stage dev` or `stages dev and prod`.
pub(crate) fn stages(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    format!("{} {}", if names.len() == 1 { "stage" } else { "stages" }, list(&quoted))
}
