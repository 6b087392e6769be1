//! From the units' results to the report: problems become findings, suppressions that did nothing become notes, and all of it
//! is brought into order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{Reported, ReportedUndecided, ScanReport, UnitReport, elsewhere};
use crate::finding::{FileProblem, Finding, Help, Label, Severity};
use crate::rules::{self, Rule};
use crate::secrets::Secrets;
use crate::source::{FileId, SourceMap, Span};
use crate::suppress::{Directive, Used, key};
use crate::unit::UnitKind;
use crate::value::Str;
use crate::workspace::Workspace;

/// The rule of files that cannot be read.
pub const SYNTAX_ERROR: &str = "syntax-error";
/// The rule of suppressions that do nothing.
pub const UNUSED_SUPPRESSION: &str = "unused-suppression";

/// What came of one unit.
pub struct Checked {
    pub kind: UnitKind,
    pub root: PathBuf,
    pub resources: usize,
    pub findings: Vec<Reported>,
    pub undecided: Vec<ReportedUndecided>,
    pub constructs: BTreeMap<Str, Str>,
    /// Problems with files as findings, each with its file.
    pub problems: Vec<(PathBuf, Reported)>,
    pub files: Vec<FileId>,
    pub directives: Vec<Directive>,
    pub used: Used,
    pub left_out: Vec<Str>,
    pub secrets: Secrets,
}

/// A problem with a file, as a finding.
pub fn syntax_error(problem: &FileProblem) -> Finding {
    let help = (!problem.help.is_empty()).then(|| Help { text: problem.help.clone(), code: String::new() });
    Finding {
        rule: SYNTAX_ERROR,
        severity: problem.severity,
        message: problem.message.clone().into(),
        primary: Label::new(problem.span, ""),
        related: Vec::new(),
        flow: Vec::new(),
        help,
        address: Str::from(problem.path.to_string_lossy().replace('\\', "/")),
        key: Str::from(problem.message.as_str()),
    }
}

/// The report of all units.
pub fn report(units: Vec<Checked>, problems: Vec<(UnitKind, FileProblem)>, workspace: &Workspace, rules: &[&'static Rule]) -> ScanReport {
    let sources = &workspace.sources;
    let selected = |id: &str| rules.iter().any(|rule| rule.id == id);
    let files: BTreeSet<FileId> = units.iter().flat_map(|unit| &unit.files).copied().collect();
    let mut report = ScanReport { files: files.len(), ..ScanReport::default() };
    let mut unused = if selected(UNUSED_SUPPRESSION) { Unused::new(&units, &selected) } else { Unused::default() };
    let mut seen = BTreeSet::new();
    for mut unit in units {
        redact(&mut unit);
        let mut findings = unit.findings;
        for (path, reported) in unit.problems {
            let span = reported.finding.primary.span;
            // A module or nested template that several units share is broken once.
            if !seen.insert((path.clone(), span.start, span.end, reported.finding.message.clone())) {
                continue;
            }
            if span.is_none() {
                report.unreadable.push(unreadable(&reported.finding, &path));
            }
            if selected(SYNTAX_ERROR) {
                findings.push(at_its_file(reported, &path, sources));
            }
        }
        let notes = unused.of(&unit.directives, sources).into_iter();
        findings.extend(notes.map(|note| redacted(note, &unit.secrets)));
        let mut undecided = unit.undecided;
        sort(&mut findings, &mut undecided, sources);
        let (kind, root, resources) = (unit.kind, unit.root, unit.resources);
        let (constructs, left_out, secrets) = (unit.constructs, unit.left_out, unit.secrets);
        report.units.push(UnitReport { kind, root, resources, findings, undecided, constructs, left_out, secrets });
    }
    for (kind, problem) in problems {
        let finding = Reported { finding: syntax_error(&problem), suppressed: None, worlds: Vec::new(), also: Vec::new() };
        let findings = if selected(SYNTAX_ERROR) { vec![at_its_file(finding, &problem.path, sources)] } else { Vec::new() };
        let (root, undecided) = (problem.path.clone(), Vec::new());
        let (constructs, left_out, secrets) = (BTreeMap::new(), Vec::new(), of_values(&problem, workspace));
        report.units.push(UnitReport { kind, root, resources: 0, findings, undecided, constructs, left_out, secrets });
        report.unreadable.push(problem);
    }
    report.units.sort_by(|a, b| (&a.root, a.kind).cmp(&(&b.root, b.kind)));
    elsewhere::join(&mut report.units);
    report.unreadable.sort_by(|a, b| a.path.cmp(&b.path));
    report
}

/// Hides the secrets of a unit in all that is said of it: the one way from rules and resolvers to reports.
fn redact(unit: &mut Checked) {
    let Checked { findings, undecided, problems, left_out, secrets, .. } = unit;
    if secrets.is_empty() {
        return;
    }
    let hide = |reported: &mut Reported| *reported = redacted(reported.clone(), secrets);
    findings.iter_mut().chain(problems.iter_mut().map(|(_, reported)| reported)).for_each(hide);
    for ReportedUndecided { check, worlds, .. } in undecided {
        secrets.redact_undecided(check);
        worlds.iter_mut().for_each(|world| secrets.redact_str(world));
    }
    left_out.iter_mut().for_each(|name| secrets.redact_str(name));
}

/// Where a file that gives values is broken, its line is not shown: which of the values are secrets is not known.
fn of_values(problem: &FileProblem, workspace: &Workspace) -> Secrets {
    let mut secrets = Secrets::default();
    let gives_values = problem.path.extension().is_some_and(|ext| ext == "toml") || workspace.options.named_files.contains(&problem.path);
    if gives_values && !problem.span.is_none() {
        secrets.add_lines(&workspace.sources, problem.span);
    }
    secrets
}

fn redacted(mut reported: Reported, secrets: &Secrets) -> Reported {
    if secrets.is_empty() {
        return reported;
    }
    secrets.redact_finding(&mut reported.finding);
    reported.worlds.iter_mut().for_each(|world| secrets.redact_str(world));
    if let Some(suppression) = &mut reported.suppressed {
        secrets.redact_in(&mut suppression.reason);
    }
    reported
}

fn unreadable(finding: &Finding, path: &Path) -> FileProblem {
    FileProblem {
        severity: finding.severity,
        message: finding.message.to_string(),
        span: Span::NONE,
        path: path.to_owned(),
        help: finding.help.as_ref().map(|h| h.text.clone()).unwrap_or_default(),
    }
}

/// A file without text still is a place: its start. All units are resolved by now, so nobody takes it for an empty file.
fn at_its_file(mut reported: Reported, path: &Path, sources: &SourceMap) -> Reported {
    let primary = &mut reported.finding.primary;
    if primary.span.is_none() {
        primary.span = Span::new(sources.add(path, ""), 0..0);
    }
    reported
}

fn sort(findings: &mut [Reported], undecided: &mut [ReportedUndecided], sources: &SourceMap) {
    let path = |span: Span| if span.is_none() { PathBuf::new() } else { sources.file(span.file).path.clone() };
    findings.sort_by_cached_key(|r| {
        let f = &r.finding;
        (path(f.primary.span), f.primary.span.start, f.rule, f.address.clone(), f.key.clone(), f.message.clone())
    });
    undecided.sort_by_cached_key(|u| {
        let u = &u.check;
        (path(u.span), u.span.start, u.rule, u.address.clone(), u.reason.clone())
    });
}

/// Finds the suppressions that silenced nothing in any unit.
#[derive(Default)]
struct Unused {
    /// For each rule name of a directive that did nothing: what to say.
    messages: BTreeMap<(crate::suppress::SpanKey, usize), (String, String)>,
}

impl Unused {
    fn new(units: &[Checked], selected: &dyn Fn(&str) -> bool) -> Unused {
        let used: BTreeSet<_> = units.iter().flat_map(|unit| &unit.used).collect();
        let mut messages = BTreeMap::new();
        for directive in units.iter().flat_map(|unit| &unit.directives) {
            let at = key(directive.span);
            if directive.rules.is_empty() {
                let help = "write `iacscan: ignore[rule-id] reason`";
                messages.insert((at, 0), ("this suppression names no rule, so it suppresses nothing".to_owned(), help.to_owned()));
            }
            for (index, rule) in directive.rules.iter().enumerate() {
                if used.contains(&(at, index)) {
                    continue;
                }
                if let Some(message) = message(rule, directive, selected) {
                    messages.insert((at, index), message);
                }
            }
        }
        Unused { messages }
    }

    /// The notes about one unit's directives that no unit before it had.
    fn of(&mut self, directives: &[Directive], sources: &SourceMap) -> Vec<Reported> {
        let mut notes = Vec::new();
        for directive in directives {
            for index in 0..directive.rules.len().max(1) {
                if let Some((message, help)) = self.messages.remove(&(key(directive.span), index)) {
                    notes.push(note(directive, directive.rules.get(index), message, help, sources));
                }
            }
        }
        notes
    }
}

fn message(rule: &Str, directive: &Directive, selected: &dyn Fn(&str) -> bool) -> Option<(String, String)> {
    if rules::by_id(rule).is_none() {
        let (message, help) = rules::ids::ids().unknown(rule);
        return Some((format!("{message}, so this suppresses nothing"), help));
    }
    if !selected(rule) {
        return None;
    }
    let what = match directive.scope.is_none() {
        true => format!("this suppression of `{rule}` stands above nothing"),
        false => format!("this suppresses nothing: `{rule}` finds nothing here"),
    };
    Some((what, "remove it".to_owned()))
}

fn note(directive: &Directive, rule: Option<&Str>, message: String, help: String, sources: &SourceMap) -> Reported {
    let scope = sources.text(directive.scope);
    let place = scope.lines().next().unwrap_or_default();
    let path = if directive.span.is_none() { PathBuf::new() } else { sources.file(directive.span.file).path.clone() };
    let finding = Finding {
        rule: UNUSED_SUPPRESSION,
        severity: Severity::Note,
        message: message.into(),
        primary: Label::new(directive.span, ""),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(Help { text: help, code: String::new() }),
        address: Str::from(path.to_string_lossy().replace('\\', "/")),
        key: Str::from(format!("{} {place}", rule.map_or("", Str::as_str))),
    };
    Reported { finding, suppressed: None, worlds: Vec::new(), also: Vec::new() }
}
