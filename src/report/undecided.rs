//! The listing of undecided checks: why, where it would be decided, and what to give on the command line.

use super::place::slashes;
use crate::finding::Undecided;
use crate::scan::{ReportedUndecided, UnitReport};
use crate::source::{SourceMap, Span};
use crate::unit::UnitKind;
use crate::value::Str;

/// The checks of one unit that one missing fact keeps undecided.
pub struct Group<'a> {
    /// The rule.
    pub rule: &'static str,
    /// The missing fact.
    pub reason: &'a str,
    /// Where it would be known.
    pub cause: Span,
    /// In which worlds it is missing; empty where that is all of them.
    pub worlds: &'a [Str],
    /// The checks.
    pub checks: Vec<&'a Undecided>,
}

/// The undecided checks of a unit by rule and reason, in order of rule and first place.
pub fn groups(unit: &UnitReport) -> Vec<Group<'_>> {
    let mut index = std::collections::HashMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for ReportedUndecided { check, worlds } in &unit.undecided {
        let at = *index.entry((check.rule, check.reason.as_str(), check.cause, worlds)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.checks.push(check),
            None => groups.push(Group { rule: check.rule, reason: &check.reason, cause: check.cause, worlds, checks: vec![check] }),
        }
    }
    groups.sort_by_key(|group| group.rule);
    groups
}

/// What to give on the command line so that the check can be decided, where that is possible.
pub fn advice(group: &Group<'_>, unit: &UnitReport, sources: &SourceMap) -> Option<String> {
    if let Some(name) = backquoted_after(group.reason, "variable ") {
        return may_be_given(group.cause, unit, sources).then(|| format!("--var {name}=VALUE, or --var-file FILE"));
    }
    if let Some(name) = backquoted_after(group.reason, "parameter ") {
        return Some(format!("--parameter {name}=VALUE"));
    }
    match group.reason {
        reason if reason.contains("AWS::AccountId") || reason.contains("<account>") => Some("--account-id ID".to_owned()),
        reason if reason.contains("AWS::Region") || reason.contains("<region>") => Some("--region REGION".to_owned()),
        _ => None,
    }
}

/// Variables of the root module are given from outside; those of a module below are not.
fn may_be_given(cause: Span, unit: &UnitReport, sources: &SourceMap) -> bool {
    unit.kind == UnitKind::Terraform && !cause.is_none() && {
        let file = sources.file(cause.file);
        let folder = file.path.parent().map(slashes).unwrap_or_default();
        let root = slashes(&unit.root);
        let plain = |path: &str| path.trim_start_matches("./").trim_end_matches('/').trim_end_matches('.').to_owned();
        plain(&folder) == plain(&root)
    }
}

/// The name in backquotes that follows `word`: the reasons of unknown values name variables and parameters so.
fn backquoted_after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("{word}`"))?;
    let (name, _) = rest.split_once('`')?;
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    plain.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_from_reasons() {
        assert_eq!(backquoted_after("variable `env` has no default", "variable "), Some("env"));
        assert_eq!(backquoted_after("variable `a b` has no default", "variable "), None);
        assert_eq!(backquoted_after("a data source", "variable "), None);
    }
}
