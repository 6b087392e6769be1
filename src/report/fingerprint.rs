//! The identity of a finding across edits: what code scanning needs to know an old finding again after lines have moved.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::ReportOptions;
use super::place::{relative, slashes};
use crate::finding::Finding;
use crate::scan::{SYNTAX_ERROR, UnitReport};

/// The fingerprints of a unit's findings, in their order: rule, unit, resource address and key; no offsets. Findings that share
/// all of these are told apart by their number.
pub fn fingerprints(unit: &UnitReport, options: &ReportOptions) -> Vec<String> {
    let root = relative(&unit.root, &options.directory, &options.root).unwrap_or_else(|| unit.root.clone());
    let root = slashes(&root);
    let mut seen: HashMap<[&str; 3], usize> = HashMap::new();
    let mut out = Vec::with_capacity(unit.findings.len());
    for reported in &unit.findings {
        let finding = &reported.finding;
        let number = seen.entry([finding.rule, finding.address.as_str(), finding.key.as_str()]).or_default();
        let mut hash = Sha256::new();
        let (address, key) = identity(finding, options);
        for part in [finding.rule, &root, &address, &key, &number.to_string()] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        *number += 1;
        out.push(hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect());
    }
    out
}

/// Address and key of a finding wherever the scan was started: a file that cannot be read has its path for an address, and its message
/// may name it.
fn identity<'f>(finding: &'f Finding, options: &ReportOptions) -> (Cow<'f, str>, Cow<'f, str>) {
    let (address, key) = (finding.address.as_str(), finding.key.as_str());
    if finding.rule != SYNTAX_ERROR {
        return (address.into(), key.into());
    }
    let inside = relative(Path::new(address), &options.directory, &options.root);
    let shown = inside.map_or_else(|| address.to_owned(), |path| slashes(&path));
    let key = key.replace(address, &shown);
    (shown.into(), key.into())
}
