//! iacscan's own JSON: a stable interface, described in the README. Fields are added, never renamed.

use std::io::{self, Write};

use serde::Serialize;

use super::fingerprint::fingerprints;
use super::place::{Place, slashes};
use super::{Counts, ReportOptions};
use crate::finding::{Help, Label};
use crate::scan::{Elsewhere, Reported, ReportedUndecided, ScanReport, Suppression, UnitReport};
use crate::source::{SourceMap, Span};
use crate::value::Str;

/// The version of this interface: raised when a field changes its meaning.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    summary: Summary,
    units: Vec<UnitJson<'a>>,
    unreadable: Vec<Unreadable<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    units: usize,
    resources: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    suppressed: usize,
    undecided: usize,
    unlisted: usize,
    ignored_files: usize,
    ignored_folders: usize,
}

#[derive(Serialize)]
struct UnitJson<'a> {
    root: String,
    kind: &'static str,
    resources: usize,
    findings: Vec<FindingJson<'a>>,
    undecided: Vec<UndecidedJson<'a>>,
    left_out: Vec<&'a str>,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    rule: &'static str,
    severity: &'static str,
    message: String,
    headline: &'a str,
    notes: Vec<&'a str>,
    address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    construct: Option<&'a str>,
    key: &'a str,
    fingerprint: String,
    location: Option<LocationJson<'a>>,
    related: Vec<LocationJson<'a>>,
    flow: Vec<LocationJson<'a>>,
    help: Option<HelpJson<'a>>,
    suppressed: Option<SuppressionJson<'a>>,
    worlds: Vec<&'a str>,
    also: Vec<AlsoJson<'a>>,
}

#[derive(Serialize)]
struct AlsoJson<'a> {
    root: String,
    address: &'a str,
    worlds: Vec<&'a str>,
}

#[derive(Serialize)]
struct LocationJson<'a> {
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
    text: &'a str,
}

#[derive(Serialize)]
struct HelpJson<'a> {
    text: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
struct SuppressionJson<'a> {
    reason: &'a str,
    location: LocationJson<'a>,
}

#[derive(Serialize)]
struct UndecidedJson<'a> {
    rule: &'static str,
    address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    construct: Option<&'a str>,
    reason: &'a str,
    location: Option<LocationJson<'a>>,
    cause: Option<LocationJson<'a>>,
    worlds: Vec<&'a str>,
    listed: bool,
}

#[derive(Serialize)]
struct Unreadable<'a> {
    file: String,
    message: &'a str,
}

/// Writes the whole report, suppressed findings and undecided checks included.
pub(super) fn write(report: &ScanReport, sources: &SourceMap, options: &ReportOptions, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: VERSION,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        summary: summary(report),
        units: report.units.iter().map(|unit| unit_json(unit, sources, options)).collect(),
        unreadable: report.unreadable.iter().map(|p| Unreadable { file: slashes(&p.path), message: &p.message }).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn summary(report: &ScanReport) -> Summary {
    let Counts { errors, warnings, notes, suppressed, undecided, unlisted, resources } = Counts::of(report);
    let (ignored_files, ignored_folders) = (report.ignored.files, report.ignored.folders);
    Summary {
        files: report.files,
        units: report.units.len(),
        resources,
        errors,
        warnings,
        notes,
        suppressed,
        undecided,
        unlisted,
        ignored_files,
        ignored_folders,
    }
}

fn unit_json<'a>(unit: &'a UnitReport, sources: &SourceMap, options: &ReportOptions) -> UnitJson<'a> {
    let findings = unit.findings.iter().zip(fingerprints(unit, options));
    UnitJson {
        root: slashes(&unit.root),
        kind: unit.kind.name(),
        resources: unit.resources,
        findings: findings.map(|(reported, fingerprint)| finding_json(reported, unit, fingerprint, sources)).collect(),
        undecided: unit.undecided.iter().map(|check| undecided_json(check, unit, sources)).collect(),
        left_out: names(&unit.left_out),
    }
}

fn construct<'a>(unit: &'a UnitReport, address: &str) -> Option<&'a str> {
    unit.constructs.get(address).map(|path| path.as_str())
}

fn finding_json<'a>(reported: &'a Reported, unit: &'a UnitReport, fingerprint: String, sources: &SourceMap) -> FindingJson<'a> {
    let finding = &reported.finding;
    let labels = |labels: &'a [Label]| labels.iter().map(|label| location(label.span, &label.text, sources)).collect();
    FindingJson {
        rule: finding.rule,
        severity: finding.severity.name(),
        message: finding.message.to_string(),
        headline: &finding.message.headline,
        notes: finding.message.notes.iter().map(String::as_str).collect(),
        address: &finding.address,
        construct: construct(unit, &finding.address),
        key: &finding.key,
        fingerprint,
        location: placed(finding.primary.span, &finding.primary.text, sources),
        related: labels(&finding.related),
        flow: labels(&finding.flow),
        help: finding.help.as_ref().map(|Help { text, code }| HelpJson { text, code }),
        suppressed: reported.suppressed.as_ref().map(|s| suppression_json(s, sources)),
        worlds: names(&reported.worlds),
        also: reported.also.iter().map(also_json).collect(),
    }
}

fn also_json(also: &Elsewhere) -> AlsoJson<'_> {
    AlsoJson { root: slashes(&also.root), address: &also.address, worlds: names(&also.worlds) }
}

fn suppression_json<'a>(suppression: &'a Suppression, sources: &SourceMap) -> SuppressionJson<'a> {
    SuppressionJson { reason: &suppression.reason, location: location(suppression.span, "", sources) }
}

fn undecided_json<'a>(reported: &'a ReportedUndecided, unit: &'a UnitReport, sources: &SourceMap) -> UndecidedJson<'a> {
    let check = &reported.check;
    UndecidedJson {
        rule: check.rule,
        address: &check.address,
        construct: construct(unit, &check.address),
        reason: &check.reason,
        location: placed(check.span, "", sources),
        cause: placed(check.cause, "", sources),
        worlds: names(&reported.worlds),
        listed: reported.listed,
    }
}

fn names(worlds: &[Str]) -> Vec<&str> {
    worlds.iter().map(Str::as_str).collect()
}

fn placed<'a>(span: Span, text: &'a str, sources: &SourceMap) -> Option<LocationJson<'a>> {
    (!span.is_none()).then(|| location(span, text, sources))
}

fn location<'a>(span: Span, text: &'a str, sources: &SourceMap) -> LocationJson<'a> {
    match Place::of(span, sources) {
        None => LocationJson { file: None, line: None, column: None, end_line: None, end_column: None, text },
        Some(Place { path, start, end }) => LocationJson {
            file: Some(slashes(&path)),
            line: Some(start.line),
            column: Some(start.column),
            end_line: Some(end.line),
            end_column: Some(end.column),
            text,
        },
    }
}
