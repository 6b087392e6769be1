//! One scan from paths to a report: discover, resolve, build the graph, run the rules, apply suppressions.

mod ask;
mod candidate;
mod defaults;
mod elsewhere;
mod engine;
mod finish;
mod merge;
pub(crate) mod unseen;
mod wires;
mod worlds;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

pub use self::ask::{DrawOptions, NoSuch, drawing, why};
pub use self::elsewhere::Elsewhere;
pub use self::engine::{Languages, PassedOver, Progress};
pub(crate) use self::finish::SYNTAX_ERROR;
use self::unseen::{UNSEEN_SOURCE, unseen};
use crate::discover::{DiscoverError, LeftOut};
use crate::finding::{FileProblem, Finding, Undecided};
use crate::graph::Graph;
use crate::options::{ResolveOptions, WorldSearch};
use crate::rules::{self, Rule, Sink};
use crate::secrets::Secrets;
use crate::source::Span;
use crate::suppress::{Directives, Matcher};
use crate::unit::{Mode, Unit, UnitKind};
use crate::value::Str;
use crate::workspace::Workspace;
use crate::world::World;

/// A comment or metadata entry that silences a finding.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// Where it stands.
    pub span: Span,
    /// The reason given; empty where there is none.
    pub reason: String,
}

/// A finding as the report shows it.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The finding.
    pub finding: Finding,
    /// What silences it, if anything.
    pub suppressed: Option<Suppression>,
    /// The worlds in which it holds; empty where that is all of them.
    pub worlds: Vec<Str>,
    /// Where the same line makes it happen once more: other units, other instances.
    pub also: Vec<Elsewhere>,
}

/// A check that could not be decided, as the report shows it.
#[derive(Clone, Debug)]
pub struct ReportedUndecided {
    /// The check.
    pub check: Undecided,
    /// The worlds in which it could not be decided; empty where that is all of them.
    pub worlds: Vec<Str>,
    /// Whether it is worth reading: something but a missing value speaks for a fault. All are counted.
    pub listed: bool,
}

/// The result for one unit, findings sorted by place.
#[derive(Clone, Debug)]
pub struct UnitReport {
    /// Its language.
    pub kind: UnitKind,
    /// Its folder or template, as shown.
    pub root: PathBuf,
    /// How many resources it has.
    pub resources: usize,
    /// The findings, problems with files among them (rule `syntax-error`).
    pub findings: Vec<Reported>,
    /// What could not be decided.
    pub undecided: Vec<ReportedUndecided>,
    /// Parameters that were left at their defaults, and environments that were left out, because there are too many.
    pub left_out: Vec<Str>,
    /// By address, what the authors of generated resources know them by: see [`Unit::construct_paths`].
    pub constructs: BTreeMap<Str, Str>,
    /// What is hidden in excerpts of its source.
    pub secrets: Secrets,
}

/// The result of a scan, units sorted by root.
#[derive(Clone, Debug, Default)]
pub struct ScanReport {
    /// One entry a unit.
    pub units: Vec<UnitReport>,
    /// How many files were read.
    pub files: usize,
    /// Files that could not be read at all; each also is a `syntax-error` finding of the unit that it belongs to.
    pub unreadable: Vec<FileProblem>,
    /// What was not looked at, since `.gitignore` leaves it out.
    pub ignored: LeftOut,
    /// How many units could not be looked at because of a fault of iacscan's own: each has a `syntax-error` that says so.
    pub panics: usize,
    /// Wall time.
    pub elapsed: Duration,
}

/// What to scan for, and how.
#[derive(Clone, Debug, Default)]
pub struct ScanOptions {
    /// The settings of the resolvers.
    pub resolve: ResolveOptions,
    /// The rules to run.
    pub rules: Vec<&'static Rule>,
    /// How many threads; as many as there are cores where none is given.
    pub threads: Option<NonZeroUsize>,
    /// The resolver of each language.
    pub languages: Languages,
}

/// A finished scan.
#[derive(Debug)]
pub struct Scanned {
    /// What was found.
    pub report: ScanReport,
    /// The files that the report's places lie in.
    pub workspace: Workspace,
    /// Files that turned out to be no template, each with the reason.
    pub passed_over: Vec<PassedOver>,
}

/// The units of a tree, resolved.
#[derive(Debug)]
pub struct Resolved {
    /// Sorted by root.
    pub units: Vec<Unit>,
    /// What could not be resolved at all.
    pub problems: Vec<FileProblem>,
    /// The files that the units' places lie in.
    pub workspace: Workspace,
    /// Files that turned out to be no template, each with the reason.
    pub passed_over: Vec<PassedOver>,
}

/// Scans paths, seen from the working directory `directory`.
pub fn scan(paths: &[PathBuf], directory: &Path, options: &ScanOptions, progress: &Progress) -> Result<Scanned, DiscoverError> {
    let started = Instant::now();
    let directives = Directives::default();
    let check = |unit: Unit, world: &World, workspace: &Workspace| checked(&unit, world, workspace, options, &directives);
    let run = engine::run(paths, directory, options, progress, &check)?;
    let mut problems = run.problems;
    let mut units = Vec::with_capacity(run.units.len());
    for unit in run.units {
        let (left_out, first) = (unit.worlds.left_out.clone(), unit.parts.first().map(|(_, part)| (part.kind, part.root.clone())));
        match catch_unwind(AssertUnwindSafe(|| merge::merge(&unit.worlds, unit.parts))) {
            Ok(whole) => units.extend(whole.map(|whole| finish::Checked { left_out, ..whole })),
            Err(panic) => {
                let (kind, root) = first.unwrap_or((UnitKind::Terraform, PathBuf::new()));
                problems.push((kind, engine::internal_error(&root, panic.as_ref(), &run.workspace)));
            }
        }
    }
    let mut report = finish::report(units, problems, &run.workspace, &options.rules);
    report.panics = run.workspace.panics.load(Ordering::Relaxed);
    report.ignored = run.ignored;
    report.elapsed = started.elapsed();
    Ok(Scanned { report, workspace: run.workspace, passed_over: run.passed_over })
}

/// Resolves the units of paths without checking them.
pub fn resolve(paths: &[PathBuf], directory: &Path, options: &ScanOptions, progress: &Progress) -> Result<Resolved, DiscoverError> {
    // What is asked for is what the source says, not what it might come to with other values.
    let search = match options.resolve.search {
        WorldSearch::Auto => WorldSearch::Auto,
        WorldSearch::Parameters | WorldSearch::None => WorldSearch::None,
    };
    let options = ScanOptions { resolve: ResolveOptions { search, ..options.resolve.clone() }, ..options.clone() };
    let run = engine::run(paths, directory, &options, progress, &|unit, _, _| unit)?;
    let mut problems: Vec<FileProblem> = run.problems.into_iter().map(|(_, problem)| problem).collect();
    let mut units: Vec<Unit> = run.units.into_iter().flat_map(|unit| unit.parts).map(|(_, unit)| unit).collect();
    units.iter_mut().for_each(|Unit { problems, secrets, .. }| problems.iter_mut().for_each(|problem| secrets.redact_problem(problem)));
    problems.extend(units.iter().flat_map(|unit| unit.problems.iter().cloned()));
    Ok(Resolved { units, problems, workspace: run.workspace, passed_over: run.passed_over })
}

/// Runs the rules over one unit and matches its suppressions.
fn checked(unit: &Unit, world: &World, workspace: &Workspace, options: &ScanOptions, directives: &Directives) -> finish::Checked {
    let graph = Graph::new(unit, &workspace.options);
    let Sink { mut findings, mut undecided, mut unlisted } = rules::run(&graph, &options.rules);
    findings.iter_mut().for_each(|finding| defaults::show(finding, unit, world, workspace));
    if options.rules.iter().any(|rule| rule.id == UNSEEN_SOURCE) {
        let (wiring, plain): (Vec<_>, Vec<_>) = unseen(unit).into_iter().partition(|(_, may_wire)| *may_wire);
        undecided.extend(wiring.into_iter().map(|(check, _)| check));
        unlisted.extend(plain.into_iter().map(|(check, _)| check));
    }
    let directives = directives.of(unit, &workspace.sources);
    let mut matcher = Matcher::new(&directives, unit);
    let findings = findings.into_iter().map(|f| reported(f, &mut matcher)).collect();
    undecided.iter().chain(&unlisted).for_each(|u| matcher.undecided(u));
    let reported_undecided = |listed| move |check| ReportedUndecided { check, worlds: Vec::new(), listed };
    let undecided =
        undecided.into_iter().map(reported_undecided(true)).chain(unlisted.into_iter().map(reported_undecided(false))).collect();
    let problems = unit.problems.iter().map(|p| (p.path.clone(), reported(finish::syntax_error(p), &mut matcher))).collect();
    let used = matcher.into_used();
    finish::Checked {
        kind: unit.kind,
        root: unit.root.clone(),
        resources: unit.resources.iter().filter(|r| r.mode == Mode::Managed).count(),
        findings,
        undecided,
        constructs: unit.construct_paths(),
        problems,
        files: unit.files.clone(),
        directives,
        used,
        left_out: Vec::new(),
        secrets: unit.secrets.clone(),
    }
}

fn reported(finding: Finding, matcher: &mut Matcher<'_>) -> Reported {
    Reported { suppressed: matcher.suppression(&finding), finding, worlds: Vec::new(), also: Vec::new() }
}

/// What relates the resources of a unit: from, to, and how.
pub fn relations(unit: &Unit, options: &ResolveOptions) -> Vec<(Str, Str, &'static str)> {
    let address = |id| unit.resource(id).address.clone();
    Graph::new(unit, options).invokes().into_iter().map(|r| (address(r.from), address(r.to), r.name)).collect()
}
