//! The rules: one file each beside this one, one page each in `rules/`. The list is made by `build.rs` from the pages.

mod apart;
pub mod ids;
mod inactive;
mod ingress;
mod instances;
mod rewritten;
mod spelling;

use rayon::prelude::*;

pub(crate) use instances::without_instances;

use crate::finding::{Finding, Severity, Undecided};
use crate::gap::Gap;
use crate::graph::Graph;
use crate::value::ResourceId;

/// A rule and its page.
#[derive(Debug)]
pub struct Rule {
    /// kebab-case, stable for ever.
    pub id: &'static str,
    /// A few words.
    pub title: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// The severity of its findings, where a finding does not say another.
    pub severity: Severity,
    /// For SARIF and the website.
    pub tags: &'static [&'static str],
    /// GitHub's `security-severity`, `0.0` to `10.0`; empty for rules that are not about security.
    pub security_severity: &'static str,
    /// The page: front matter and Markdown.
    pub page: &'static str,
    /// What it does; none for findings that the engine makes (`syntax-error`).
    pub(crate) check: Option<fn(&Graph<'_>, &mut Sink)>,
}

impl Rule {
    /// Whether it looks at a unit's graph, and is not a finding that the engine makes.
    pub fn is_checked(&self) -> bool {
        self.check.is_some()
    }

    /// The page without its front matter.
    pub fn markdown(&self) -> &'static str {
        self.page.strip_prefix("---\n").and_then(|p| p.split_once("\n---\n")).map_or(self.page, |(_, body)| body.trim_start())
    }
}

/// Where a rule puts what it found.
#[derive(Debug, Default)]
pub struct Sink {
    /// Proven facts.
    pub findings: Vec<Finding>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// Likewise, where nothing but a missing value speaks for a fault: counted, and not listed.
    pub unlisted: Vec<Undecided>,
}

impl Sink {
    /// Notes that a rule cannot decide on a resource, each reason once.
    pub fn gap(&mut self, graph: &Graph<'_>, rule: &'static str, subject: ResourceId, gap: &Gap) {
        let resource = graph.resource(subject);
        let there = |u: &Undecided| u.rule == rule && u.address == resource.address && u.reason == gap.reason;
        // The latest entries are the ones that can be equal: a group's gap is met again with each store behind it.
        if self.undecided.iter().rev().take(LATEST).any(there) {
            return;
        }
        let (address, span) = (resource.address.clone(), resource.name_span);
        self.undecided.push(Undecided { rule, address, span, reason: gap.reason.clone(), cause: gap.cause });
    }
}

/// How many of the latest entries are looked at for an equal one.
const LATEST: usize = 64;

pub(crate) mod support;

mod list {
    #![allow(missing_docs)]
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}

/// Every rule, sorted by id.
pub fn all() -> &'static [Rule] {
    list::RULES
}

/// The rule of an id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    all().iter().find(|r| r.id == id)
}

/// Runs the selected rules over one graph, in parallel; the result has them in the order in which they were selected. Findings
/// that tell instances of one block the same are one.
pub(crate) fn run(graph: &Graph<'_>, selected: &[&'static Rule]) -> Sink {
    let checks: Vec<_> = selected.iter().filter_map(|r| r.check).collect();
    let each = |check: &fn(&Graph<'_>, &mut Sink)| {
        let mut sink = Sink::default();
        check(graph, &mut sink);
        sink
    };
    // A small unit is done sooner than another thread wakes up.
    let mut sinks: Vec<Sink> = match graph.unit.resources.len() {
        0..SMALL_UNIT => checks.iter().map(each).collect(),
        _ => checks.par_iter().map(each).collect(),
    };
    let mut all = Sink::default();
    inactive::soften(graph, &mut sinks);
    for sink in sinks {
        all.findings.extend(instances::join(sink.findings));
        all.undecided.extend(sink.undecided);
        all.unlisted.extend(sink.unlisted);
    }
    rewritten::settle(graph.unit, &mut all);
    apart::settle(&graph.unit.world, &mut all);
    all.findings.iter_mut().for_each(|finding| support::modelled::mend(graph.unit, finding));
    spelling::spell(graph.unit.kind, &mut all);
    all
}

/// Resources below which the rules run one after the other.
const SMALL_UNIT: usize = 100;
