//! Findings about several instances of one block (`count`, `for_each`) that have one cause: one finding names them all.

use std::collections::HashMap;

use super::support::some;
use crate::finding::{Finding, Severity};
use crate::source::Span;
use crate::value::Str;

/// What findings of one cause have in common.
type Cause = (&'static str, Severity, Span, String, String);

/// Joins the findings of one rule at one place that tell instances of one block the same thing. The first one stays; its message and
/// its identity name the others, so that one more instance is a new finding also where the others are dismissed.
pub(super) fn join(findings: Vec<Finding>) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut first: HashMap<Cause, usize> = HashMap::new();
    let mut others: HashMap<usize, Vec<Str>> = HashMap::new();
    for finding in findings {
        if !finding.address.contains('[') || finding.primary.span.is_none() {
            out.push(finding);
            continue;
        }
        let text = format!("{}\0{}", without_instances(&finding.key), without_instances(&finding.message.to_string()));
        let cause = (finding.rule, finding.severity, finding.primary.span, without_instances(&finding.address), text);
        match first.get(&cause) {
            Some(index) => {
                let names = others.entry(*index).or_default();
                if out[*index].address != finding.address && !names.contains(&finding.address) {
                    names.push(finding.address);
                }
            }
            None => {
                first.insert(cause, out.len());
                out.push(finding);
            }
        }
    }
    for (index, names) in others.into_iter().filter(|(_, names)| !names.is_empty()) {
        speak_for(&mut out[index], &names);
    }
    out
}

/// Lets a finding tell what it tells of others, too.
pub(super) fn speak_for(finding: &mut Finding, others: &[Str]) {
    let mut sorted: Vec<&str> = others.iter().map(Str::as_str).collect();
    sorted.sort_unstable();
    finding.key = format!("{} and {}", finding.key, sorted.join(", ")).into();
    let quoted: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
    finding.message.notes.push(format!("the same goes for {}", some(&quoted)));
}

/// A text without instance keys: `["a"]` and `[0]` behind a name.
pub(crate) fn without_instances(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let (before, after) = rest.split_at(open);
        out.push_str(before);
        let named = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'));
        match key_length(&after[1..]).filter(|_| named) {
            Some(length) => rest = &after[1 + length..],
            None => {
                out.push('[');
                rest = &after[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The length of an instance key and its closing bracket.
fn key_length(text: &str) -> Option<usize> {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.find("\"]").map(|at| at + 3);
    }
    let end = text.find(']')?;
    (end > 0 && text[..end].bytes().all(|b| b.is_ascii_digit())).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_out_of_texts() {
        let strip = without_instances;
        assert_eq!(strip(r#"module.a["x"].aws_db_instance.b[0] is open"#), "module.a.aws_db_instance.b is open");
        assert_eq!(strip("[1] and a[b] and [\"c\"]"), "[1] and a[b] and [\"c\"]");
        assert_eq!(strip("a[\"unclosed"), "a[\"unclosed");
        assert_eq!(strip("a[]"), "a[]");
    }
}
