//! One line a finding: `file:line:column: severity[rule-id] headline`; and one for what keeps checks undecided.

use std::io::{self, Write};

use super::place::{Place, slashes};
use super::wrap::clean;
use super::{ReportOptions, elsewhere, headline, undecided};
use crate::scan::ScanReport;
use crate::source::SourceMap;

/// Writes the findings that nothing suppresses.
pub(super) fn write(report: &ScanReport, sources: &SourceMap, options: &ReportOptions, out: &mut dyn Write) -> io::Result<()> {
    for unit in &report.units {
        for reported in unit.findings.iter().filter(|r| r.suppressed.is_none()) {
            let finding = &reported.finding;
            let place = match Place::of(finding.primary.span, sources) {
                Some(place) => format!("{}:{}:{}", slashes(&place.path), place.start.line, place.start.column),
                None => format!("{}:1:1", slashes(&unit.root)),
            };
            let said = std::iter::once(headline(reported)).chain(elsewhere(reported, unit)).collect::<Vec<_>>().join("; ");
            let message = clean(&said).replace('\n', " ");
            writeln!(out, "{}: {}[{}] {message}", clean(&place), finding.severity.name(), finding.rule)?;
        }
    }
    if options.undecided {
        write_undecided(report, sources, options, out)?;
    }
    Ok(())
}

/// One line for what keeps checks undecided: where it would be known, else the first of the checks.
fn write_undecided(report: &ScanReport, sources: &SourceMap, options: &ReportOptions, out: &mut dyn Write) -> io::Result<()> {
    for group in undecided::groups(report, sources, options.verbose) {
        let first = group.checks.first();
        let spans = group.causes.iter().copied().chain(first.map(|(_, reported)| reported.check.span));
        let place = match spans.into_iter().find_map(|span| Place::of(span, sources)) {
            Some(place) => format!("{}:{}:{}", slashes(&place.path), place.start.line, place.start.column),
            None => format!("{}:1:1", first.map_or_else(String::new, |(unit, _)| slashes(&unit.root))),
        };
        let advice = group.advice().map_or_else(String::new, |advice| format!("; {advice}"));
        let message = clean(&format!("{}{advice}", group.headline())).replace('\n', " ");
        writeln!(out, "{}: undecided: {message}", clean(&place))?;
    }
    Ok(())
}
