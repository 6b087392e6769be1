//! The AWS managed policies, as far as they are embedded. AWS changes them at any time: a name that is not here is unknown.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use super::policy::Policy;
use crate::source::Span;
use crate::text;
use crate::value::{Kind, Text, Value};

/// Made by `tools/managed_policies.py`; the header names source and date.
static DATA: &str = include_str!("managed_policies.txt");

static LINES: LazyLock<Vec<&'static str>> = LazyLock::new(|| DATA.lines().filter(|l| !l.starts_with('#')).collect());

static PARSED: LazyLock<Mutex<HashMap<&'static str, Arc<Policy>>>> = LazyLock::new(Mutex::default);

/// Why a managed policy cannot be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Its document.
    Known(&'static str, Arc<Policy>),
    /// An AWS managed policy that is not embedded (or that AWS does not have): its name.
    NotEmbedded(String),
    /// Not the ARN of an AWS managed policy.
    Other,
}

impl Eq for Policy {}

/// The policy of an ARN, whatever its partition: `arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole`.
pub fn by_arn(arn: &Text) -> Lookup {
    let Some((before, path)) = text::cut(arn, ":iam::aws:policy/") else { return Lookup::Other };
    if !matches!(before.parts().first(), Some(crate::value::Part::Literal(l)) if l.starts_with("arn:")) {
        return Lookup::Other;
    }
    let Some(path) = path.as_known() else { return Lookup::Other };
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match line(name) {
        Some(line) if fields(line).1 == folder => Lookup::Known(fields(line).0, document(line)),
        _ => Lookup::NotEmbedded(path.to_owned()),
    }
}

/// The policy of a bare name, as `data.aws_iam_policy` finds it.
pub fn by_name(name: &str) -> Option<Arc<Policy>> {
    line(name).map(document)
}

fn line(name: &str) -> Option<&'static str> {
    let found = LINES.binary_search_by(|line| fields(line).0.as_bytes().cmp(name.as_bytes())).ok()?;
    LINES.get(found).copied()
}

/// Name, path and statements of a line.
fn fields(line: &'static str) -> (&'static str, &'static str, &'static str) {
    let mut fields = line.split('\t');
    let (name, path) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
    (name, path, fields.nth(2).unwrap_or_default())
}

fn document(line: &'static str) -> Arc<Policy> {
    let (name, _, statements) = fields(line);
    let mut parsed = PARSED.lock().unwrap_or_else(|e| e.into_inner());
    let parse = || {
        let text = Text::literal(format!("{{\"Statement\":{statements}}}"));
        Arc::new(Policy::parse(&Value::new(Kind::Text(text), Span::NONE), &Text::clone))
    };
    parsed.entry(name).or_insert_with(parse).clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Part, Pseudo};

    #[test]
    fn every_line_parses_and_is_in_order() {
        assert!(LINES.windows(2).all(|w| fields(w[0]).0.as_bytes() < fields(w[1]).0.as_bytes()));
        for line in LINES.iter() {
            let policy = document(line);
            assert!(!policy.statements.is_empty() && policy.gaps.is_empty(), "{line}");
        }
    }

    #[test]
    fn any_partition_and_only_the_right_path() {
        let arn = |parts: &[Part]| Text::from_parts(parts.iter().cloned());
        let tail = Part::Literal(":iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole".into());
        let held = arn(&[Part::Literal("arn:".into()), Part::Pseudo(Pseudo::Partition), tail]);
        assert!(matches!(by_arn(&held), Lookup::Known("AWSLambdaVPCAccessExecutionRole", _)));
        let china = Text::literal("arn:aws-cn:iam::aws:policy/AdministratorAccess");
        assert!(matches!(by_arn(&china), Lookup::Known(..)));
        let wrong = Text::literal("arn:aws:iam::aws:policy/AWSLambdaVPCAccessExecutionRole");
        assert_eq!(by_arn(&wrong), Lookup::NotEmbedded("AWSLambdaVPCAccessExecutionRole".to_owned()));
        assert_eq!(by_arn(&Text::literal("arn:aws:iam::123456789012:policy/mine")), Lookup::Other);
        assert!(by_name("AWSLambda_FullAccess").is_some());
    }
}
