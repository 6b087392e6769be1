//! GitHub workflow commands: annotations on the lines of a pull request, without code scanning.
//! ("Workflow commands for GitHub Actions", GitHub Docs.)

use std::io::{self, Write};

use super::place::{Place, relative, slashes};
use super::wrap::clean;
use super::{ReportOptions, in_full};
use crate::finding::Severity;
use crate::scan::{Reported, ScanReport, UnitReport};
use crate::source::SourceMap;

/// Writes one command for each finding that nothing suppresses.
pub(super) fn write(report: &ScanReport, sources: &SourceMap, options: &ReportOptions, out: &mut dyn Write) -> io::Result<()> {
    for unit in &report.units {
        for reported in unit.findings.iter().filter(|r| r.suppressed.is_none()) {
            writeln!(out, "{}", command(reported, unit, sources, options))?;
        }
    }
    Ok(())
}

fn command(reported: &Reported, unit: &UnitReport, sources: &SourceMap, options: &ReportOptions) -> String {
    let finding = &reported.finding;
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let place = Place::first_line(finding.primary.span, sources);
    let path = place.as_ref().map_or(&unit.root, |place| &place.path);
    let path = relative(path, &options.directory, &options.root).unwrap_or_else(|| path.clone());
    let mut properties = format!("file={}", property(&slashes(&path)));
    if let Some(Place { start, end, .. }) = place {
        properties += &format!(",line={},endLine={}", start.line, end.line);
        properties += &format!(",col={},endColumn={}", start.column, end.column);
    }
    let help = finding.help.as_ref().map(|help| help.text.trim()).filter(|help| !help.is_empty());
    let message = in_full(reported, unit);
    let message = help.map_or_else(|| message.clone(), |help| format!("{message}\n{}", help.trim_end_matches(':')));
    format!("::{name} {properties},title={}::{}", property(finding.rule), data(&message))
}

fn data(text: &str) -> String {
    clean(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_escaped() {
        assert_eq!(data("100%\r\na:b,c"), "100%25%0Aa:b,c");
        assert_eq!(data("\u{1b}[31m\u{9b}2J\u{202e}x\u{7}"), "\u{fffd}[31m\u{fffd}2J\u{fffd}x\u{fffd}");
        assert_eq!(property("C:\\a,b%"), "C%3A\\a%2Cb%25");
    }
}
