//! Reports: findings and resolved units in, bytes out. Nothing here knows of graphs, rules' logic or syntax trees.
//!
//! Every format has shapes of its own, so that an interface that others read (JSON, SARIF, the graph) changes only on purpose.

mod concise;
mod dot;
mod drawn_json;
pub mod fingerprint;
mod github;
mod graph_html;
pub mod graph_json;
mod json;
mod mermaid;
pub mod page;
pub mod place;
mod sarif;
mod sarif_rules;
mod snippet;
mod stats;
mod text;
mod undecided;
mod why;
mod wrap;

use std::io::{self, Write};
use std::path::PathBuf;

use indexmap::IndexSet;

use self::place::slashes;
use crate::finding::{Message, Severity, some};
use crate::scan::{Elsewhere, Reported, ScanReport, UnitReport};
use crate::secrets;
use crate::source::SourceMap;
use crate::unit::Unit;
use crate::world::clause;

pub use graph_json::{Edge, GraphUnit};
pub use place::repository_root;
pub use why::write as write_why;
pub use wrap::clean;

/// The address of the project, as `Cargo.toml` has it: the one place where it stands.
pub const PROJECT_URL: &str = env!("CARGO_PKG_REPOSITORY");

/// The forms of a scan's report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people: source excerpts, evidence, code to paste.
    #[default]
    Text,
    /// `file:line:column: severity[rule-id] headline`, one line each.
    Concise,
    /// SARIF 2.1.0.
    Sarif,
    /// iacscan's own JSON.
    Json,
    /// GitHub workflow commands.
    Github,
}

/// The forms of the resolved graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GraphFormat {
    /// iacscan's own JSON.
    #[default]
    Json,
    /// Graphviz.
    Dot,
    /// A Mermaid flowchart.
    Mermaid,
    /// A page for the browser, by itself.
    Html,
    /// How much is known, in numbers.
    Stats,
}

/// How a report is to be written.
#[derive(Clone, Debug)]
pub struct ReportOptions {
    /// ANSI colours (text only).
    pub color: bool,
    /// Columns that text is wrapped to.
    pub width: usize,
    /// List the undecided checks (text and concise; JSON always has them).
    pub undecided: bool,
    /// Leave out the summary (text only).
    pub quiet: bool,
    /// Say more: suppressed findings are listed, and undecided checks that otherwise are not (text only).
    pub verbose: bool,
    /// The folder that shown paths are relative to: the working directory, absolute.
    pub directory: PathBuf,
    /// The folder that paths in SARIF and workflow commands are relative to: see [`repository_root`].
    pub root: PathBuf,
}

/// Columns of text where nothing says how wide the terminal is.
pub const DEFAULT_WIDTH: usize = 110;

impl Default for ReportOptions {
    fn default() -> Self {
        let directory = std::env::current_dir().unwrap_or_default();
        ReportOptions {
            color: false,
            width: DEFAULT_WIDTH,
            undecided: false,
            quiet: false,
            verbose: false,
            root: directory.clone(),
            directory,
        }
    }
}

/// Writes the report of a scan.
pub fn write(format: Format, report: &ScanReport, sources: &SourceMap, options: &ReportOptions, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, sources, options, out),
        Format::Concise => concise::write(report, sources, options, out),
        Format::Sarif => sarif::write(report, sources, options, out),
        Format::Json => json::write(report, sources, options, out),
        Format::Github => github::write(report, sources, options, out),
    }
}

/// Writes the resolved units and what relates their resources.
/// What is secret in them is not shown, in whatever form.
pub fn write_graph(format: GraphFormat, units: &[GraphUnit<'_>], sources: &SourceMap, out: &mut dyn Write) -> io::Result<()> {
    let shown: Vec<Option<Unit>> = units.iter().map(|graph| secrets::concealed(graph.unit)).collect();
    let units = units.iter().zip(&shown).map(|(graph, shown)| GraphUnit {
        unit: shown.as_ref().unwrap_or(graph.unit),
        relations: graph.relations.clone(),
        drawing: graph.drawing.clone(),
    });
    let units = &units.collect::<Vec<_>>();
    match format {
        GraphFormat::Json => graph_json::write(units, sources, out),
        GraphFormat::Dot => dot::write(units, out),
        GraphFormat::Mermaid => mermaid::write(units, out),
        GraphFormat::Html => graph_html::write(units, sources, out),
        GraphFormat::Stats => stats::write(units, out),
    }
}

/// The headline of a finding, with the worlds in which it holds where that is not all of them.
fn headline(reported: &Reported) -> String {
    let headline = reported.finding.message.headline.trim_end_matches('.');
    match reported.worlds.is_empty() {
        true => headline.to_owned(),
        false => format!("{headline} ({})", clause(&reported.worlds)),
    }
}

/// The headline and the notes of a finding as running text, and where else it is.
fn in_full(reported: &Reported, unit: &UnitReport) -> String {
    let notes = reported.finding.message.notes.iter().cloned().chain(elsewhere(reported, unit)).collect();
    Message { headline: headline(reported), notes, ..Message::default() }.to_string()
}

/// Where else a finding is: other units, other resources of the same unit.
fn elsewhere(reported: &Reported, unit: &UnitReport) -> Vec<String> {
    let (mut roots, mut addresses) = (IndexSet::new(), IndexSet::new());
    for Elsewhere { root, address, worlds } in &reported.also {
        let place = if *root == unit.root { address.to_string() } else { slashes(root) };
        let shown = if worlds.is_empty() { format!("`{place}`") } else { format!("`{place}` {}", clause(worlds)) };
        let all = if *root == unit.root { &mut addresses } else { &mut roots };
        all.insert(shown);
    }
    addresses.shift_remove(&format!("`{}`", reported.finding.address));
    let said = |words: &str, all: IndexSet<String>| {
        let all: Vec<String> = all.into_iter().collect();
        (!all.is_empty()).then(|| format!("{words} {}", some(&all)))
    };
    said("the same goes for", addresses).into_iter().chain(said("also in", roots)).collect()
}

/// What a scan found, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Findings of severity error that nothing suppresses.
    pub errors: usize,
    /// Likewise warnings.
    pub warnings: usize,
    /// Likewise notes.
    pub notes: usize,
    /// Suppressed findings.
    pub suppressed: usize,
    /// Checks that could not be decided.
    pub undecided: usize,
    /// Likewise those that are not listed: nothing but a missing value speaks for them.
    pub unlisted: usize,
    /// Resources of all units.
    pub resources: usize,
}

impl Counts {
    /// Counts a report.
    pub fn of(report: &ScanReport) -> Self {
        let mut counts = Counts::default();
        for unit in &report.units {
            counts.resources += unit.resources;
            let listed = unit.undecided.iter().filter(|check| check.listed).count();
            counts.undecided += listed;
            counts.unlisted += unit.undecided.len() - listed;
            for reported in &unit.findings {
                let slot = match reported.finding.severity {
                    _ if reported.suppressed.is_some() => &mut counts.suppressed,
                    Severity::Error => &mut counts.errors,
                    Severity::Warning => &mut counts.warnings,
                    Severity::Note => &mut counts.notes,
                };
                *slot += 1;
            }
        }
        counts
    }

    /// Findings that nothing suppresses.
    pub fn findings(self) -> usize {
        self.errors + self.warnings + self.notes
    }
}
