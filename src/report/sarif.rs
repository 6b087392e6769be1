//! SARIF 2.1.0, as GitHub code scanning takes it ("SARIF support for code scanning", GitHub Docs).

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, CodeFlow, Invocation, Location, LogicalLocation, Message, MultiformatMessageString, Notification, PhysicalLocation,
    PropertyBag, Region, ReportingDescriptor, ReportingDescriptorReference, Result as SarifResult, ResultLevel, Run, RunAutomationDetails,
    Sarif, Suppression as SarifSuppression, ThreadFlow, ThreadFlowLocation, Tool, ToolComponent,
};

use super::fingerprint::fingerprints;
use super::page::rule_url;
use super::place::{Place, file_uri, relative, slashes, uri_path};
use super::sarif_rules::{self, sentence};
use super::{PROJECT_URL, ReportOptions, in_full};
use crate::finding::{Finding, Label, Severity};
use crate::scan::{Reported, ScanReport, Suppression, UnitReport};
use crate::source::{Position, SourceMap, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The name that GitHub and most viewers know for the top of the repository.
const BASE: &str = "%SRCROOT%";
/// The notification of a file that could not be read.
const UNREADABLE: &str = "unreadable-file";
/// How many related places of a result are shown by GitHub ("SARIF results exceed one or more limits", GitHub Docs).
const MAX_RELATED: usize = 100;

/// What every part of the log needs.
struct Context<'a> {
    sources: &'a SourceMap,
    options: &'a ReportOptions,
}

/// Writes one log with one run.
pub(super) fn write(report: &ScanReport, sources: &SourceMap, options: &ReportOptions, out: &mut dyn Write) -> io::Result<()> {
    let log = Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![Context { sources, options }.run(report)]).build();
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

impl Context<'_> {
    fn run(&self, report: &ScanReport) -> Run {
        let base = ArtifactLocation::builder().uri(folder_uri(&self.options.root)).build();
        Run::builder()
            .tool(Tool::from(driver()))
            .automation_details(RunAutomationDetails::builder().id("iacscan/").build())
            .column_kind(json!("unicodeCodePoints"))
            .original_uri_base_ids(BTreeMap::from([(BASE.to_owned(), base)]))
            .invocations(vec![self.invocation(report)])
            .results(report.units.iter().flat_map(|unit| self.results(unit)).collect::<Vec<_>>())
            .build()
    }

    fn invocation(&self, report: &ScanReport) -> Invocation {
        let mut invocation = Invocation::builder().execution_successful(true).build();
        let notifications: Vec<Notification> = report
            .unreadable
            .iter()
            .map(|problem| {
                Notification::builder()
                    .message(message(&problem.message))
                    .level(json!(problem.severity.name()))
                    .locations(vec![self.file_location(&problem.path)])
                    .descriptor(ReportingDescriptorReference::builder().id(UNREADABLE).index(0).build())
                    .build()
            })
            .collect();
        if !notifications.is_empty() {
            invocation.tool_execution_notifications = Some(notifications);
        }
        invocation
    }

    fn results(&self, unit: &UnitReport) -> Vec<SarifResult> {
        let findings = unit.findings.iter().zip(fingerprints(unit, self.options));
        findings.map(|(reported, fingerprint)| self.result(reported, &fingerprint, unit)).collect()
    }

    fn result(&self, reported: &Reported, fingerprint: &str, unit: &UnitReport) -> SarifResult {
        let finding = &reported.finding;
        let evidence = self.evidence(finding);
        let mut result = SarifResult::builder()
            .rule_id(finding.rule)
            .level(level(finding.severity))
            .message(result_message(reported, unit, &evidence))
            .locations(vec![self.primary(finding, unit)])
            .partial_fingerprints(partial_fingerprints(fingerprint))
            .build();
        result.rule_index = sarif_rules::index(finding.rule);
        if !evidence.is_empty() {
            result.related_locations = Some(evidence);
        }
        if !finding.flow.is_empty() {
            result.code_flows = Some(vec![self.code_flow(&finding.flow)]);
        }
        if let Some(suppression) = &reported.suppressed {
            result.suppressions = Some(vec![self.suppression(suppression)]);
        }
        let mut more = BTreeMap::new();
        if !reported.worlds.is_empty() {
            more.insert("worlds".to_owned(), json!(reported.worlds));
        }
        if !reported.also.is_empty() {
            let also = reported.also.iter().map(|e| json!({ "root": slashes(&e.root), "address": e.address, "worlds": e.worlds }));
            more.insert("also".to_owned(), also.collect());
        }
        if !more.is_empty() {
            result.properties = Some(PropertyBag::builder().additional_properties(more).build());
        }
        result
    }

    /// The place of a finding; a finding without one (an unreadable file) is placed at the start of the unit.
    fn primary(&self, finding: &Finding, unit: &UnitReport) -> Location {
        let start = Position { line: 1, column: 1 };
        let fallback = Place { path: unit.root.clone(), start, end: start };
        let place = Place::first_line(finding.primary.span, self.sources).unwrap_or(fallback);
        let mut location = self.located(&place, "");
        if !finding.address.is_empty() {
            let named = |name: &str| LogicalLocation::builder().fully_qualified_name(name).kind("resource").build();
            let construct = unit.constructs.get(&finding.address);
            location.logical_locations = Some(std::iter::once(&finding.address).chain(construct).map(|name| named(name)).collect());
        }
        location
    }

    fn evidence(&self, finding: &Finding) -> Vec<Location> {
        let placed = finding.related.iter().filter_map(|label| self.location(label.span, &label.text));
        placed.take(MAX_RELATED).zip(1..).map(|(location, id)| Location { id: Some(id), ..location }).collect()
    }

    fn code_flow(&self, steps: &[Label]) -> CodeFlow {
        let placed = steps.iter().filter_map(|label| self.location(label.span, &label.text));
        let locations: Vec<ThreadFlowLocation> = placed.map(|step| ThreadFlowLocation::builder().location(step).build()).collect();
        CodeFlow::builder().thread_flows(vec![ThreadFlow::builder().locations(locations).build()]).build()
    }

    fn suppression(&self, suppression: &Suppression) -> SarifSuppression {
        let mut out = SarifSuppression::builder().kind(json!("inSource")).build();
        if !suppression.reason.is_empty() {
            out.justification = Some(suppression.reason.clone());
        }
        out.location = self.location(suppression.span, "");
        out
    }

    fn location(&self, span: Span, text: &str) -> Option<Location> {
        Place::first_line(span, self.sources).map(|place| self.located(&place, text))
    }

    fn located(&self, place: &Place, text: &str) -> Location {
        let mut location = self.file_location(&place.path);
        if let Some(physical) = &mut location.physical_location {
            physical.region = Some(region(place));
        }
        if !text.is_empty() {
            location.message = Some(message(text));
        }
        location
    }

    fn file_location(&self, path: &Path) -> Location {
        let artifact = self.artifact(path);
        Location::builder().physical_location(PhysicalLocation::builder().artifact_location(artifact).build()).build()
    }

    /// Files in the repository are relative to it; others (a module next to it) are absolute.
    fn artifact(&self, path: &Path) -> ArtifactLocation {
        match relative(path, &self.options.directory, &self.options.root) {
            Some(inside) if !inside.as_os_str().is_empty() => ArtifactLocation::builder().uri(uri_path(&inside)).uri_base_id(BASE).build(),
            Some(_) => ArtifactLocation::builder().uri(".").uri_base_id(BASE).build(),
            None => ArtifactLocation::builder().uri(file_uri(&super::place::absolute(path, &self.options.directory))).build(),
        }
    }
}

fn driver() -> ToolComponent {
    let text = |text: &str| MultiformatMessageString::builder().text(text).build();
    let notification = ReportingDescriptor::builder()
        .id(UNREADABLE)
        .short_description(text("A file could not be read."))
        .full_description(text("A file of a unit could not be read; nothing in it was checked."))
        .help(text("Make the file readable for the user that runs the scan, and store it as UTF-8."))
        .help_uri(rule_url("syntax-error"))
        .build();
    ToolComponent::builder()
        .name("iacscan")
        .full_name(concat!("iacscan ", env!("CARGO_PKG_VERSION")))
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(PROJECT_URL)
        .organization("iacscan")
        .rules(sarif_rules::descriptors())
        .notifications(vec![notification])
        .build()
}

/// A region as SARIF counts: the end column is one past the last character.
fn region(place: &Place) -> Region {
    Region::builder()
        .start_line(place.start.line)
        .start_column(place.start.column)
        .end_line(place.end.line)
        .end_column(place.end.column)
        .build()
}

fn folder_uri(folder: &Path) -> String {
    let uri = file_uri(folder);
    if uri.ends_with('/') { uri } else { format!("{uri}/") }
}

fn message(text: &str) -> Message {
    Message::builder().text(text).build()
}

fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
        Severity::Note => ResultLevel::Note,
    }
}

/// GitHub tells alerts apart by `primaryLocationLineHash` alone, and computes one from the lines around where there is none.
fn partial_fingerprints(fingerprint: &str) -> BTreeMap<String, String> {
    let ours = ("iacscanFinding/v1".to_owned(), fingerprint.to_owned());
    BTreeMap::from([ours, ("primaryLocationLineHash".to_owned(), format!("{fingerprint}:1"))])
}

/// The message, with links to the evidence (GitHub shows related locations only where the message links to them), the mend in
/// words, and in Markdown the code to paste.
fn result_message(reported: &Reported, unit: &UnitReport, evidence: &[Location]) -> Message {
    let finding = &reported.finding;
    let mut text = sentence(&in_full(reported, unit));
    let links: Vec<String> = evidence.iter().filter_map(link).collect();
    if !links.is_empty() {
        text += &format!("\nSee {}.", links.join(", "));
    }
    let mut markdown = None;
    if let Some(help) = &finding.help {
        let words = help.text.trim();
        if !words.is_empty() {
            text += &format!("\nTo fix: {}", sentence(words));
        }
        let code = help.code.trim_end();
        if !code.is_empty() {
            let fence = fence(code);
            markdown = Some(format!("{text}\n\n{fence}\n{code}\n{fence}"));
        }
    }
    Message { text: Some(text), markdown, ..Message::default() }
}

fn link(location: &Location) -> Option<String> {
    let text = location.message.as_ref()?.text.as_ref()?;
    let escaped = text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    Some(format!("[{escaped}]({})", location.id?))
}

/// A fence longer than any run of backquotes in the code.
fn fence(code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_holds_any_code() {
        assert_eq!(fence("a"), "```");
        assert_eq!(fence("a ```` b"), "`````");
    }

    #[test]
    fn links_escape_brackets() {
        let location = Location { id: Some(3), message: Some(message("x[\"k\"]")), ..Location::default() };
        assert_eq!(link(&location).as_deref(), Some("[x\\[\"k\"\\]](3)"));
    }
}
