//! From what was found in each world of a unit to what is said of the unit: each finding once, with the worlds in which it
//! holds.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::engine::Found;
use super::finish::Checked;
use super::{Reported, ReportedUndecided};
use crate::finding::{Finding, Severity};
use crate::source::Span;
use crate::suppress::{SpanKey, key};
use crate::value::Str;
use crate::world::{World, Worlds, holding};

/// What was found in some worlds, which all come out the same.
pub type Part = (Vec<usize>, Checked);

/// Brings together what was found in each world.
pub fn merge(worlds: &Worlds, parts: Vec<Part>) -> Option<Checked> {
    let all = &worlds.all;
    let mut parts = parts.into_iter();
    if all.len() == 1 {
        return parts.next().map(|(_, only)| only);
    }
    let (first_in, first) = parts.next()?;
    let mut findings = Table::default();
    let mut problems = Table::default();
    let mut undecided = Table::default();
    let mut whole = Checked { findings: Vec::new(), undecided: Vec::new(), problems: Vec::new(), ..first.shell() };
    for (indices, part) in std::iter::once((first_in, first)).chain(parts) {
        whole.add_shell(&part);
        let finding = |r: &Reported| same_finding(&r.finding);
        part.findings.into_iter().for_each(|r| findings.add(finding(&r), r, &indices, all.len()));
        part.problems.into_iter().for_each(|(path, r)| problems.add((path.clone(), finding(&r)), (path, r), &indices, all.len()));
        let check = |u: &ReportedUndecided| (u.check.rule, u.check.address.clone(), key(u.check.span), u.listed);
        part.undecided.into_iter().for_each(|u| undecided.add(check(&u), u, &indices, all.len()));
    }
    let findings = together(worst(findings.rows), all).into_iter();
    whole.findings = findings.map(|(r, holds)| Reported { worlds: holding(all, &holds), ..r }).collect();
    let problems = problems.rows.into_iter().map(|((path, r), holds)| {
        let by_default = by_default(all, &holds);
        (by_default, (path, Reported { worlds: holding(all, &holds), ..r }))
    });
    let kept = problems.filter(|(by_default, (_, reported))| !worlds.combined || *by_default || is_mistake(reported));
    whole.problems = kept.map(|(_, problem)| problem).collect();
    let undecided = undecided.rows.into_iter();
    whole.undecided = undecided.map(|(u, holds)| ReportedUndecided { worlds: holding(all, &holds), ..u }).collect();
    Some(whole)
}

/// What makes two findings of two worlds the same.
pub type Same = (&'static str, Severity, Str, Str, SpanKey);

fn same_finding(finding: &Finding) -> Same {
    (finding.rule, finding.severity, finding.address.clone(), finding.key.clone(), key(finding.primary.span))
}

/// Things in the order in which they were first met, each with the worlds that it was met in.
struct Table<K, V> {
    index: HashMap<(K, usize), usize>,
    rows: Vec<(V, Vec<bool>)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Table { index: HashMap::new(), rows: Vec::new() }
    }
}

impl<K: std::hash::Hash + Eq + Clone, V: Shown> Table<K, V> {
    /// Adds one that was met in these worlds: to the first of its kind that was not met there yet.
    fn add(&mut self, kind: K, value: V, worlds: &[usize], count: usize) {
        for number in 0.. {
            let at = *self.index.entry((kind.clone(), number)).or_insert(self.rows.len());
            match self.rows.get_mut(at) {
                None => {
                    let holds = (0..count).map(|world| worlds.contains(&world)).collect();
                    return self.rows.push((value, holds));
                }
                Some((shown, holds)) if !worlds.iter().any(|world| holds.get(*world) == Some(&true)) => {
                    shown.met_again(&value);
                    return mark(holds, worlds);
                }
                Some(_) => {}
            }
        }
    }
}

fn mark(holds: &mut [bool], worlds: &[usize]) {
    for world in worlds {
        if let Some(slot) = holds.get_mut(*world) {
            *slot = true;
        }
    }
}

/// What is told once for several worlds.
trait Shown {
    /// Another world has it too.
    fn met_again(&mut self, other: &Self);
}

impl Shown for Reported {
    fn met_again(&mut self, other: &Self) {
        if other.suppressed.is_none() {
            self.suppressed = None;
        }
    }
}

impl Shown for (std::path::PathBuf, Reported) {
    fn met_again(&mut self, other: &Self) {
        self.1.met_again(&other.1);
    }
}

impl Shown for ReportedUndecided {
    fn met_again(&mut self, _: &Self) {}
}

/// Drops notes of what is worse in another world: a rule that one value of a parameter switches off is told once, by its error.
fn worst(mut rows: Vec<(Reported, Vec<bool>)>) -> Vec<(Reported, Vec<bool>)> {
    let place = |reported: &Reported| {
        let f = &reported.finding;
        (f.rule, f.address.clone(), f.key.clone(), key(f.primary.span))
    };
    let is_note = |reported: &Reported| reported.finding.severity == Severity::Note;
    let worse: HashSet<_> = rows.iter().filter(|(r, _)| !is_note(r) && r.suppressed.is_none()).map(|(r, _)| place(r)).collect();
    rows.retain(|(reported, _)| !is_note(reported) || !worse.contains(&place(reported)));
    rows
}

/// Brings together findings that differ in nothing but the values that their worlds give: "stage `dev` …" and "stage `prod` …".
fn together(rows: Vec<(Reported, Vec<bool>)>, worlds: &[World]) -> Vec<(Reported, Vec<bool>)> {
    let mut index: HashMap<(&'static str, Str, SpanKey, String, String), Vec<usize>> = HashMap::new();
    let mut out: Vec<(Reported, Vec<bool>)> = Vec::new();
    for (reported, holds) in rows {
        let everywhere = holds.iter().all(|held| *held);
        let first = holds.iter().position(|held| *held).and_then(|at| worlds.get(at));
        let Some(world) = first.filter(|_| !everywhere) else {
            out.push((reported, holds));
            continue;
        };
        let f = &reported.finding;
        let kind =
            (f.rule, f.address.clone(), key(f.primary.span), without_values(&f.key, world), without_values(&f.message.to_string(), world));
        let earlier = index.entry(kind).or_default();
        let apart = |at: &&usize| out.get(**at).is_some_and(|(_, other)| !other.iter().zip(&holds).any(|(a, b)| *a && *b));
        match earlier.iter().find(apart).copied() {
            Some(at) => {
                if let Some((shown, held)) = out.get_mut(at) {
                    shown.met_again(&reported);
                    held.iter_mut().zip(&holds).for_each(|(a, b)| *a |= b);
                }
            }
            None => {
                earlier.push(out.len());
                out.push((reported, holds));
            }
        }
    }
    out
}

/// Whether something holds wherever parameters have their defaults, whatever is given to those that have none.
fn by_default(worlds: &[World], holds: &[bool]) -> bool {
    let mut usual = worlds.iter().zip(holds).filter(|(world, _)| !world.departs).map(|(_, held)| *held).peekable();
    usual.peek().is_some() && usual.all(|held| held)
}

/// Whether a problem of the template is one whatever else is given. With some combination of parameters, look-ups fail that
/// nobody would deploy; what is sure is a mapping without a key for a value that its parameter allows.
fn is_mistake(reported: &Reported) -> bool {
    let names = |world: &Str| {
        let value = world.split_once('=').filter(|_| !world.contains(", ")).map(|(_, value)| format!("`{value}`"));
        value.is_some_and(|value| reported.finding.message.contains(&value))
    };
    reported.worlds.is_empty() || reported.worlds.iter().any(names)
}

/// A text in which the values of the world are replaced by their names.
fn without_values(text: &str, world: &World) -> String {
    let mut texts: Vec<&(Str, Str)> = world.texts.iter().filter(|(_, value)| value.len() > 1).collect();
    texts.sort_by_key(|(name, value)| (std::cmp::Reverse(value.len()), name));
    texts.iter().fold(text.to_owned(), |text, (name, value)| text.replace(value.as_str(), &format!("${{{name}}}")))
}

impl Found for Checked {
    fn found(&self) -> HashSet<Same> {
        let problems = self.problems.iter().map(|(_, reported)| reported);
        self.findings.iter().chain(problems).map(|reported| same_finding(&reported.finding)).collect()
    }

    fn replace(&mut self, usual: &HashSet<Same>, strict: Checked) {
        let known = |reported: &Reported| usual.contains(&same_finding(&reported.finding));
        let about = |finding: &Finding| (finding.rule, finding.address.clone());
        let lost: HashSet<(&str, Str)> = self.findings.iter().filter(|r| !known(r)).map(|r| about(&r.finding)).collect();
        self.findings.retain(known);
        self.findings.extend(strict.findings.into_iter().filter(|r| !known(r)));
        self.problems.retain(|(_, reported)| known(reported));
        self.problems.extend(strict.problems.into_iter().filter(|(_, reported)| !known(reported)));
        // What is no longer found cannot be told.
        let open = |u: &ReportedUndecided| lost.contains(&(u.check.rule, u.check.address.clone()));
        self.undecided.extend(strict.undecided.into_iter().filter(open));
        self.used.extend(strict.used);
    }
}

impl Checked {
    /// The same unit without what was found in it.
    fn shell(&self) -> Checked {
        Checked {
            kind: self.kind,
            root: self.root.clone(),
            resources: 0,
            findings: Vec::new(),
            undecided: Vec::new(),
            constructs: BTreeMap::new(),
            problems: Vec::new(),
            files: Vec::new(),
            directives: Vec::new(),
            used: BTreeSet::new(),
            left_out: Vec::new(),
            secrets: self.secrets.clone(),
        }
    }

    /// Adds the files, suppressions and resources of another world of the same unit.
    fn add_shell(&mut self, other: &Checked) {
        self.resources = self.resources.max(other.resources);
        let known: BTreeSet<_> = self.files.iter().copied().collect();
        self.files.extend(other.files.iter().filter(|file| !known.contains(file)));
        let known: BTreeSet<(SpanKey, Vec<Str>)> = self.directives.iter().map(|d| (key(d.span), d.rules.clone())).collect();
        let is_new = |d: &&crate::suppress::Directive| d.span == Span::NONE || !known.contains(&(key(d.span), d.rules.clone()));
        self.directives.extend(other.directives.iter().filter(is_new).cloned());
        self.used.extend(other.used.iter().copied());
        self.secrets.extend(&other.secrets);
        other.constructs.iter().for_each(|(address, path)| drop(self.constructs.insert(address.clone(), path.clone())));
    }
}
