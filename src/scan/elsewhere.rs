//! One finding for one place: what several units find in the same line (a module that two root modules call), or one unit by several
//! ways (a module that it calls twice, a template that two of its stacks nest), is told once, with where it is as well.

use std::collections::HashMap;
use std::path::PathBuf;

use super::{Reported, UnitReport};
use crate::finding::{Finding, Severity};
use crate::rules::without_instances;
use crate::suppress::{SpanKey, key};
use crate::unit::UnitKind;
use crate::value::Str;

/// Where else a finding is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The unit.
    pub root: PathBuf,
    /// The resource, as that unit names it.
    pub address: Str,
    /// The worlds of that unit in which it holds; empty where that is all of them.
    pub worlds: Vec<Str>,
}

/// What findings at one place that say the same have in common: the resource without the way that leads to it, the words, and
/// whether they are suppressed.
type Kind = (&'static str, Severity, SpanKey, String, String, bool);

/// A finding that is told, where it is, and the last resource that was found to have it, with its unit.
struct Told {
    unit: usize,
    index: usize,
    text: String,
    last: (usize, Str),
}

/// Leaves each finding with the first unit that has it.
pub fn join(units: &mut [UnitReport]) {
    let mut told: HashMap<Kind, Vec<Told>> = HashMap::new();
    for unit in 0..units.len() {
        let found = std::mem::take(&mut units[unit].findings);
        for reported in found {
            let index = units[unit].findings.len();
            if reported.finding.primary.span.is_none() {
                units[unit].findings.push(reported);
                continue;
            }
            let text = reported.finding.message.to_string();
            let resource = (unit, reported.finding.address.clone());
            let known = told.entry(kind(&reported, units[unit].kind)).or_default();
            // One resource may have several findings of a kind at one place (two stages): they are told apart, unless they read the
            // same.
            match known.iter_mut().find(|t| t.text == text || t.last != resource) {
                Some(first) => {
                    first.last = resource;
                    let (root, Reported { finding, worlds, also, .. }) = (units[unit].root.clone(), reported);
                    let shown = &mut units[first.unit].findings[first.index];
                    shown.also.push(Elsewhere { root, address: finding.address, worlds });
                    shown.also.extend(also);
                }
                None => {
                    known.push(Told { unit, index, text, last: resource });
                    units[unit].findings.push(reported);
                }
            }
        }
    }
}

fn kind(reported: &Reported, kind: UnitKind) -> Kind {
    let Finding { rule, severity, primary, message, address, .. } = &reported.finding;
    // The first note may be the cause, for which the headline had no room.
    let said = [Some(&message.headline), message.notes.first()].into_iter().flatten().map(|text| without_names(text)).collect();
    (*rule, *severity, key(primary.span), own_name(address, kind), said, reported.suppressed.is_some())
}

/// An address without modules, nested stacks and keys of instances.
fn own_name(address: &str, kind: UnitKind) -> String {
    let plain = without_instances(address);
    let mut rest = plain.as_str();
    match kind {
        UnitKind::Terraform => {
            while let Some((_, inner)) = rest.strip_prefix("module.").and_then(|rest| rest.split_once('.')) {
                rest = inner;
            }
        }
        UnitKind::CloudFormation | UnitKind::Sam => rest = rest.rsplit('.').next().unwrap_or(rest),
    }
    rest.to_owned()
}

/// A text without what each unit gives to a module: names in backquotes (but for IAM actions), numbers, ranges.
fn without_names(text: &str) -> String {
    let pieces = text.split('`').enumerate().map(|(i, piece)| match i % 2 {
        1 if !is_action(piece) => String::new(),
        1 => piece.to_owned(),
        _ => piece.split(' ').filter(|word| !word.contains(|c: char| c.is_ascii_digit())).collect::<Vec<_>>().join(" "),
    });
    pieces.collect::<Vec<_>>().join("`")
}

/// `lambda:InvokeFunction`.
fn is_action(text: &str) -> bool {
    text.split_once(':').is_some_and(|(service, name)| {
        let lower = |c: char| c.is_ascii_lowercase() || matches!(c, '-' | '0'..='9');
        !service.is_empty() && service.chars().all(lower) && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '*')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_do_not_tell_resources_apart() {
        let name = |address| own_name(address, UnitKind::Terraform);
        assert_eq!(name(r#"module.a["x.y"].module.b.aws_lambda_function.f[0]"#), "aws_lambda_function.f");
        assert_eq!(name("aws_lambda_function.f"), "aws_lambda_function.f");
        assert_eq!(own_name("Left.Worker", UnitKind::CloudFormation), "Worker");
    }

    #[test]
    fn names_do_not_tell_findings_apart() {
        let same = |a: &str, b: &str| without_names(a) == without_names(b);
        assert!(same("`module.a.f` lets in 10.0.0.0/16", "`f` lets in 10.1.0.0/16"));
        assert!(same("role `a` lacks `sqs:SendMessage`", "role `b` lacks `sqs:SendMessage`"));
        assert!(!same("role `a` lacks `sqs:SendMessage`", "role `a` lacks `sns:Publish`"));
        assert!(!same("`a` is in no VPC", "`a` is in another VPC"));
        assert!(is_action("s3:*") && !is_action("arn:aws:s3") && !is_action("orders:live"));
    }
}
