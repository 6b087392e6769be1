//! Where a finding points at nothing but a parameter or variable, and its value is the default: says so at the default. Whoever
//! deploys may give another value, and has to know that this is what the finding hangs on.

use std::path::Path;

use crate::finding::{Finding, Label};
use crate::source::{Span, clean};
use crate::unit::{Unit, UnitKind};
use crate::workspace::Workspace;
use crate::world::World;
use crate::{cloudformation, terraform};

/// Adds the default that the value at the finding's place comes from.
pub fn show(finding: &mut Finding, unit: &Unit, world: &World, workspace: &Workspace) {
    let span = finding.primary.span;
    // What is longer is no reference alone.
    const LONGEST: u32 = 200;
    if span.is_none() || span.end.saturating_sub(span.start) > LONGEST {
        return;
    }
    let file = workspace.sources.file(span.file).path.clone();
    let text = workspace.sources.text(span);
    let found = match unit.kind {
        UnitKind::Terraform if is_in(&file, &unit.root) => variable(&text).and_then(|name| {
            let default = terraform::default_of(&unit.root, name, world, workspace)?;
            Some((default, format!("default of variable `{name}`")))
        }),
        UnitKind::CloudFormation | UnitKind::Sam if clean(&file) == clean(&unit.root) => parameter(&text).and_then(|name| {
            let default = cloudformation::default_of(&unit.root, name, world, workspace)?;
            Some((default, format!("default of parameter `{name}`")))
        }),
        _ => None,
    };
    if let Some((default, label)) = found
        && !finding.related.iter().any(|known| touch(known.span, default))
    {
        finding.related.push(Label::new(default, label));
    }
}

fn touch(a: Span, b: Span) -> bool {
    !a.is_none() && (a.contains(b) || b.contains(a))
}

fn is_in(file: &Path, folder: &Path) -> bool {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    clean(parent) == clean(folder)
}

/// The variable in `var.x`, `"${var.x}"` and `[var.x]`.
fn variable(text: &str) -> Option<&str> {
    let text = peeled(text.trim(), "[", "]");
    let text = peeled(peeled(text, "\"", "\""), "${", "}");
    name(text.strip_prefix("var.")?)
}

/// The parameter in `!Ref X`, `Ref: X`, `{"Ref": "X"}`, `!Sub ${X}` and `{"Fn::Sub": "${X}"}`.
fn parameter(text: &str) -> Option<&str> {
    let text = peeled(peeled(text.trim(), "[", "]"), "{", "}");
    let (function, argument) = text.split_once(|c: char| c == ':' && !text.contains("Fn::") || c.is_whitespace())?;
    let argument = argument.trim_start_matches(':').trim().trim_matches(['"', '\'']);
    match function.trim_matches(['"', '\'', ':', '!']) {
        "Ref" => name(argument),
        "Sub" | "Fn::Sub" => name(argument.strip_prefix("${")?.strip_suffix('}')?),
        _ => None,
    }
}

fn peeled<'t>(text: &'t str, open: &str, close: &str) -> &'t str {
    text.strip_prefix(open).and_then(|text| text.strip_suffix(close)).map_or(text, str::trim)
}

fn name(text: &str) -> Option<&str> {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    plain.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_alone() {
        for text in ["var.a", "\"${var.a}\"", "[var.a]", "[\"${var.a}\"]", " var.a "] {
            assert_eq!(variable(text), Some("a"), "{text}");
        }
        for text in ["var.a.b", "var.a == 1", "\"x${var.a}\"", "local.a", "var."] {
            assert_eq!(variable(text), None, "{text}");
        }
        for text in
            ["!Ref A", "Ref: A", "{\"Ref\": \"A\"}", "{\"Ref\":\"A\"}", "!Sub ${A}", "!Sub '${A}'", "{\"Fn::Sub\": \"${A}\"}", "[!Ref A]"]
        {
            assert_eq!(parameter(text), Some("A"), "{text}");
        }
        for text in ["!Ref AWS::Region", "!Sub ${A}-x", "!GetAtt A.Arn", "!If [A, b, c]", "A", "", "x: {Ref: A}"] {
            assert_eq!(parameter(text), None, "{text}");
        }
    }
}
