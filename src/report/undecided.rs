//! The listing of undecided checks by what keeps them undecided: the missing fact, how many checks of which rules hang on it, and
//! what to give on the command line to decide them.

use std::collections::{BTreeMap, HashMap};

use super::place::slashes;
use crate::finding::some;
use crate::scan::unseen::UNSEEN_SOURCE;
use crate::scan::{ReportedUndecided, ScanReport, UnitReport};
use crate::source::{SourceMap, Span};
use crate::unit::UnitKind;
use crate::world::clause;

/// What reasons end in where region or account are missing: see [`crate::value::Hole::message`].
const GIVE: &str = " (give it with --region or --account-id)";

/// The checks that one missing fact keeps undecided, in whatever unit they are.
pub struct Group<'a> {
    /// The missing fact.
    pub reason: String,
    /// Where it would be known, each place once; the first is that of the first check.
    pub causes: Vec<Span>,
    /// What to give on the command line to decide the checks, where that is possible.
    pub option: Option<String>,
    /// The checks, each with its unit.
    pub checks: Vec<(&'a UnitReport, &'a ReportedUndecided)>,
}

/// What tells groups apart: an option that decides the checks, else the words and the place.
type Key = (String, Span);

/// The undecided checks by cause, those with most checks first. Those that are not listed are left out, unless `all` are asked for.
pub fn groups<'a>(report: &'a ScanReport, sources: &SourceMap, all: bool) -> Vec<Group<'a>> {
    let mut index: HashMap<Key, usize> = HashMap::new();
    let mut groups: Vec<Group<'a>> = Vec::new();
    let checks = report.units.iter().flat_map(|unit| unit.undecided.iter().map(move |check| (unit, check)));
    for (unit, reported) in checks.filter(|(_, check)| all || check.listed) {
        let check = &reported.check;
        let option = option(&check.reason, check.cause, unit, sources);
        let reason = match &option {
            Some(_) => core(&check.reason).trim_end_matches(GIVE).to_owned(),
            None => check.reason.clone(),
        };
        let key = match &option {
            Some(option) => (option.clone(), Span::NONE),
            None => (reason.clone(), check.cause),
        };
        let at = *index.entry(key).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Group { reason, causes: Vec::new(), option, checks: Vec::new() });
        }
        if let Some(group) = groups.get_mut(at) {
            group.checks.push((unit, reported));
            if !check.cause.is_none() && !group.causes.contains(&check.cause) {
                group.causes.push(check.cause);
            }
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.checks.len()));
    groups
}

impl Group<'_> {
    /// `variable `region` has no default: 12 checks (vpc-eni-permission × 8, rds-public × 4)`.
    pub fn headline(&self) -> String {
        let count = self.checks.len();
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        self.checks.iter().for_each(|(_, check)| *rules.entry(check.check.rule).or_default() += 1);
        let mut rules: Vec<(&str, usize)> = rules.into_iter().collect();
        rules.sort_by_key(|(rule, number)| (std::cmp::Reverse(*number), *rule));
        let named = |(rule, number): &(&str, usize)| if *number == 1 { (*rule).to_owned() } else { format!("{rule} × {number}") };
        let rules: Vec<String> = rules.iter().map(named).collect();
        // What cannot be seen into is no check that waits for something: its words say it all.
        if self.checks.iter().all(|(_, check)| check.check.rule == UNSEEN_SOURCE) {
            let places = if count == 1 { String::new() } else { format!(", {count} places") };
            return format!("{} ({UNSEEN_SOURCE}{places})", self.reason);
        }
        format!("{}: {count} check{} ({})", self.reason, if count == 1 { "" } else { "s" }, rules.join(", "))
    }

    /// `` `--var region=…` decides them ``.
    pub fn advice(&self) -> Option<String> {
        let them = if self.checks.len() == 1 { "it" } else { "them" };
        self.option.as_ref().map(|option| format!("`{option}` decides {them}"))
    }

    /// What was not checked, and where it is: a few names.
    pub fn subjects(&self, sources: &SourceMap) -> String {
        let mut names: Vec<String> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for (unit, ReportedUndecided { check, worlds, .. }) in &self.checks {
            let name = unit.constructs.get(&check.address).unwrap_or(&check.address);
            let place = if check.span.is_none() { String::new() } else { format!(" ({})", sources.place(check.span)) };
            let when = if worlds.is_empty() { String::new() } else { format!(" {}", clause(worlds)) };
            let shown = format!("`{name}`{place}{when}");
            if seen.insert(shown.clone()) {
                names.push(shown);
            }
        }
        some(&names)
    }
}

/// The option that gives what is missing.
fn option(reason: &str, cause: Span, unit: &UnitReport, sources: &SourceMap) -> Option<String> {
    if let Some(name) = backquoted_after(reason, "variable ") {
        return may_be_given(cause, unit, sources).then(|| format!("--var {name}=…"));
    }
    if let Some(name) = backquoted_after(reason, "parameter ") {
        return (unit.kind != UnitKind::Terraform).then(|| format!("--parameter {name}=…"));
    }
    let missing = core(reason).strip_suffix(GIVE)?;
    Some(if missing.to_lowercase().contains("account") { "--account-id …" } else { "--region …" }.to_owned())
}

/// The missing fact in a reason that says first what it is good for: its last clause.
fn core(reason: &str) -> &str {
    let missing = |clause: &str| clause.contains("variable `") || clause.contains("parameter `") || clause.ends_with(GIVE);
    reason.rsplit(": ").next().filter(|clause| missing(clause)).unwrap_or(reason)
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

    #[test]
    fn the_missing_fact_is_the_last_clause() {
        assert_eq!(core("whether it is there is not known: variable `x` has no default"), "variable `x` has no default");
        assert_eq!(core("stage `a`: `b` is exported by another stack"), "stage `a`: `b` is exported by another stack");
    }
}
