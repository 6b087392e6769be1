//! One line a finding: `file:line:column: severity[rule-id] headline`.

use std::io::{self, Write};

use super::place::{Place, slashes};
use super::wrap::clean;
use super::{elsewhere, headline};
use crate::scan::ScanReport;
use crate::source::SourceMap;

/// Writes the findings that nothing suppresses.
pub(super) fn write(report: &ScanReport, sources: &SourceMap, out: &mut dyn Write) -> io::Result<()> {
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
    Ok(())
}
