//! The report for people.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use annotate_snippets::Level;
use annotate_snippets::renderer::Style;
use annotate_snippets::renderer::{DEFAULT_ERROR_STYLE, DEFAULT_HELP_STYLE, DEFAULT_NOTE_STYLE, DEFAULT_WARNING_STYLE};
use anstream::adapter::strip_str;

use super::place::slashes;
use super::wrap::{clean, wrap};
use super::{Counts, ReportOptions, snippet, undecided};
use crate::finding::{Finding, Help, Severity};
use crate::scan::{Reported, ScanReport, UnitReport};
use crate::secrets::Secrets;
use crate::source::SourceMap;
use crate::unit::UnitKind;
use crate::value::Str;
use crate::world::{MAX_WORLDS, clause};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Writes the findings by unit, then the summary.
pub(super) fn write(report: &ScanReport, sources: &SourceMap, options: &ReportOptions, out: &mut dyn Write) -> io::Result<()> {
    for unit in &report.units {
        let mut text = String::new();
        unit_text(&mut text, unit, sources, options);
        if !text.is_empty() {
            put(out, &format!("{}{text}", header(unit, options)), options)?;
        }
    }
    if options.undecided {
        let mut text = String::new();
        undecided_text(&mut text, report, sources, options);
        put(out, &text, options)?;
    }
    if !options.quiet {
        put(out, &summary(report, options), options)?;
    }
    Ok(())
}

fn put(out: &mut dyn Write, text: &str, options: &ReportOptions) -> io::Result<()> {
    if options.color { out.write_all(text.as_bytes()) } else { write!(out, "{}", strip_str(text)) }
}

fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

fn header(unit: &UnitReport, options: &ReportOptions) -> String {
    let kind = match unit.kind {
        UnitKind::Terraform => "Terraform module",
        UnitKind::CloudFormation => "CloudFormation template",
        UnitKind::Sam => "SAM template",
    };
    let root = slashes(&unit.root);
    let root = if root.is_empty() { "." } else { &root };
    let size = painted(DIM, &format!("({})", counted(unit.resources, "resource")));
    let line = format!("{kind} {} {size}", painted(BOLD, &clean(root)));
    let rule = "─".repeat(strip_str(&line).to_string().chars().count().min(options.width));
    format!("{line}\n{}\n\n", painted(DIM, &rule))
}

fn unit_text(text: &mut String, unit: &UnitReport, sources: &SourceMap, options: &ReportOptions) {
    for reported in &unit.findings {
        match &reported.suppressed {
            None => whole_or_short(text, reported, unit, sources, options),
            Some(suppression) if options.verbose => {
                let place = sources.place(reported.finding.primary.span);
                let reason = if suppression.reason.is_empty() { "no reason given" } else { &suppression.reason };
                let _ = writeln!(text, "suppressed[{}]: {place}: {}\n", reported.finding.rule, clean(reason));
            }
            Some(_) => {}
        }
    }
    if options.undecided {
        left_out_text(text, unit, options);
    }
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => DEFAULT_ERROR_STYLE,
        Severity::Warning => DEFAULT_WARNING_STYLE,
        Severity::Note => DEFAULT_NOTE_STYLE,
    }
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// A finding with its excerpts; should drawing them fail, its place and headline alone: no finding is lost to its looks.
fn whole_or_short(text: &mut String, reported: &Reported, unit: &UnitReport, sources: &SourceMap, options: &ReportOptions) {
    let mut whole = String::new();
    let drawn = catch_unwind(AssertUnwindSafe(|| finding_text(&mut whole, reported, unit, sources, options)));
    if drawn.is_ok() {
        return text.push_str(&whole);
    }
    let finding = &reported.finding;
    title(text, finding.severity.name(), finding.rule, style(finding.severity), &finding.message.headline, options);
    let _ = writeln!(text, "   --> {}\n", clean(&sources.place(finding.primary.span)));
}

fn finding_text(text: &mut String, reported: &Reported, unit: &UnitReport, sources: &SourceMap, options: &ReportOptions) {
    let finding = &reported.finding;
    title(text, finding.severity.name(), finding.rule, style(finding.severity), &finding.message.headline, options);
    let mut notes = finding.message.notes.clone();
    notes.extend(snippet::placeless(finding).map(str::to_owned));
    if let Some(path) = unit.constructs.get(&finding.address) {
        notes.push(format!("`{}` is the construct `{path}`", finding.address));
    }
    if !reported.worlds.is_empty() {
        notes.push(format!("holds {}", clause(&reported.worlds)));
    }
    notes.extend(super::elsewhere(reported, unit));
    excerpt_text(text, finding, &notes, (sources, &unit.secrets), options);
    if let Some(code) = finding.help.as_ref().map(|help| help.code.trim_end()).filter(|code| !code.is_empty()) {
        text.push('\n');
        for line in clean(code).lines() {
            let _ = writeln!(text, "{}{line}", if line.is_empty() { "" } else { "    " });
        }
    }
    text.push('\n');
}

/// `error[rule-id]: message`, wrapped, or `undecided: message`; lines after the first are set in by two columns.
fn title(text: &mut String, level: &str, rule: &str, style: Style, message: &str, options: &ReportOptions) {
    let prefix = if rule.is_empty() { level.to_owned() } else { format!("{level}[{rule}]") };
    let lines = wrap(message, options.width.saturating_sub(2).max(40), prefix.len() + 2);
    for (i, line) in lines.iter().enumerate() {
        let line = painted(BOLD, line);
        let _ =
            if i == 0 { writeln!(text, "{}{} {line}", painted(style, &prefix), painted(BOLD, ":")) } else { writeln!(text, "  {line}") };
    }
}

fn excerpt_text(
    text: &mut String,
    finding: &Finding,
    notes: &[String],
    (sources, secrets): (&SourceMap, &Secrets),
    options: &ReportOptions,
) {
    let help = finding.help.as_ref().filter(|help| !help.text.is_empty()).map(help_line);
    let remarks = notes.iter().map(|note| (Level::NOTE, note)).chain(help.iter().map(|help| (Level::HELP, help)));
    let remarks: Vec<(Level<'static>, String)> = remarks.map(|(level, line)| (level, line.clone())).collect();
    match snippet::render(finding, level(finding.severity), &remarks, options.width, sources, secrets) {
        Some(rendered) => {
            text.push_str(&rendered);
            text.push('\n');
        }
        None => {
            notes.iter().for_each(|note| remark(text, "note", BOLD, note, options));
            help.iter().for_each(|help| remark(text, "help", DEFAULT_HELP_STYLE, help, options));
        }
    }
}

/// The words of a mend; a colon leads to the code below them.
fn help_line(help: &Help) -> String {
    let words = help.text.trim_end();
    match help.code.trim().is_empty() {
        true => words.to_owned(),
        false => format!("{}:", words.trim_end_matches(['.', ':'])),
    }
}

fn remark(text: &mut String, name: &str, style: Style, line: &str, options: &ReportOptions) {
    let width = options.width.saturating_sub(11).max(40);
    for (i, line) in wrap(line, width, 0).iter().enumerate() {
        let _ = if i == 0 {
            writeln!(text, "   = {}: {line}", painted(style, name))
        } else {
            writeln!(text, "     {}  {line}", " ".repeat(name.len()))
        };
    }
}

/// The undecided checks of all units, by what keeps them undecided.
fn undecided_text(text: &mut String, report: &ScanReport, sources: &SourceMap, options: &ReportOptions) {
    for group in undecided::groups(report, sources, options.verbose) {
        title(text, "undecided", "", Style::new().bold().dimmed(), &group.headline(), options);
        if let Some(first) = group.causes.first() {
            let more = group.causes.len() - 1;
            let more = if more == 0 { String::new() } else { format!(" and {}", counted(more, "more place")) };
            let _ = writeln!(text, "  --> {}{more}", clean(&sources.place(*first)));
        }
        remark(text, "note", BOLD, &format!("not checked: {}", group.subjects(sources)), options);
        if let Some(advice) = group.advice() {
            remark(text, "help", DEFAULT_HELP_STYLE, &advice, options);
        }
        text.push('\n');
    }
}

/// What was not looked into because there are too many combinations.
fn left_out_text(text: &mut String, unit: &UnitReport, options: &ReportOptions) {
    let Some(first) = unit.left_out.first() else { return };
    let names = unit.left_out.iter().map(Str::as_str).collect::<Vec<_>>().join(", ");
    let line = match unit.kind {
        UnitKind::Terraform => format!("there are more than {MAX_WORLDS} environments; left out: {names} (give one with --var-file)"),
        _ => format!(
            "there are more than {MAX_WORLDS} combinations of parameters; only at their default: {names} (give one with --parameter \
             {first}=VALUE)"
        ),
    };
    remark(text, "note", BOLD, &line, options);
    text.push('\n');
}

/// One line: findings by severity, suppressed, undecided checks, resources, files, time.
fn summary(report: &ScanReport, options: &ReportOptions) -> String {
    let counts = Counts::of(report);
    let scanned = format!(
        "{} in {} and {}, {}",
        counted(counts.resources, "resource"),
        counted(report.files, "file"),
        counted(report.units.len(), "unit"),
        time(report)
    );
    let mut parts: Vec<String> = Vec::new();
    for (number, severity) in [(counts.errors, Severity::Error), (counts.warnings, Severity::Warning), (counts.notes, Severity::Note)] {
        if number > 0 {
            parts.push(painted(style(severity), &counted(number, severity.name())));
        }
    }
    if parts.is_empty() {
        parts.push(painted(DEFAULT_NOTE_STYLE, "No findings"));
    }
    if counts.suppressed > 0 {
        parts.push(format!("{} suppressed", counts.suppressed));
    }
    if counts.undecided + counts.unlisted > 0 {
        let hint = if options.undecided || counts.undecided == 0 { "" } else { " (see --undecided)" };
        let more = if counts.unlisted == 0 { String::new() } else { format!(", {} more not listed", counts.unlisted) };
        parts.push(format!("{} undecided{hint}{more}", counted(counts.undecided, "check")));
    }
    let left_out = |terraform: bool| {
        let units = report.units.iter().filter(|unit| (unit.kind == UnitKind::Terraform) == terraform);
        units.map(|unit| unit.left_out.len()).sum::<usize>()
    };
    for (number, thing, what) in [(left_out(false), "parameter", "only at default"), (left_out(true), "environment", "left out")] {
        if number > 0 {
            let hint = if options.undecided { "" } else { " (see --undecided)" };
            parts.push(format!("{} {what}{hint}", counted(number, thing)));
        }
    }
    let ignored = [(report.ignored.files, "file"), (report.ignored.folders, "folder")];
    let ignored: Vec<String> = ignored.iter().filter(|(number, _)| *number > 0).map(|(number, thing)| counted(*number, thing)).collect();
    if !ignored.is_empty() {
        parts.push(format!("{} left out by .gitignore", ignored.join(" and ")));
    }
    format!("{}; {scanned}.\n", parts.join(", "))
}

fn time(report: &ScanReport) -> String {
    let seconds = report.elapsed.as_secs_f64();
    if seconds < 1.0 { format!("{:.0} ms", (seconds * 1000.0).max(1.0)) } else { format!("{seconds:.1} s") }
}
