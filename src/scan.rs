//! One scan from paths to a report: discover, resolve, build the graph, run the rules, apply suppressions.

use std::path::PathBuf;
use std::time::Duration;

use crate::finding::{FileProblem, Finding, Undecided};
use crate::source::Span;
use crate::unit::UnitKind;
use crate::value::Str;

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
    /// The worlds in which it holds; empty where there is only one.
    pub worlds: Vec<Str>,
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
    pub undecided: Vec<Undecided>,
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
    /// Wall time.
    pub elapsed: Duration,
}
