//! Where the value at a place comes from that is nothing but a reference: to the input of a module or nested stack, a local value, or a
//! variable or parameter of the unit that has its default. Whoever reads the finding has to see the line where the value is written, and
//! whoever deploys has to know that it hangs on a default.

use std::collections::VecDeque;
use std::path::Path;

use crate::finding::{Finding, Label};
use crate::source::{Span, clean};
use crate::terraform::module_source::ModuleSource;
use crate::unit::{Given, Unit, UnitKind};
use crate::workspace::Workspace;
use crate::world::World;
use crate::{cloudformation, terraform};

/// What is longer is no reference alone.
const LONGEST: u32 = 200;

/// How many references are followed from one place.
const MAX_STEPS: usize = 16;

/// Adds the places that the values at the finding's places come from.
pub fn show(finding: &mut Finding, unit: &Unit, world: &World, workspace: &Workspace) {
    let trail = Trail { unit, world, workspace };
    let places: Vec<Span> = [&finding.primary].into_iter().chain(&finding.related).map(|label| label.span).collect();
    for (at, place) in places.into_iter().enumerate() {
        // A default is told of what the finding points at alone: whatever else is read has its defaults too.
        let mut next = VecDeque::from([place]);
        for _ in 0..MAX_STEPS {
            let Some(span) = next.pop_front() else { break };
            for (origin, text) in trail.origins(span, at == 0, finding) {
                next.push_back(origin);
                if !finding.related.iter().any(|known| touch(known.span, origin)) {
                    finding.related.push(Label::new(origin, text));
                }
            }
        }
    }
}

/// What a reference is looked up with.
struct Trail<'a> {
    unit: &'a Unit,
    world: &'a World,
    workspace: &'a Workspace,
}

impl Trail<'_> {
    /// Where the value is written that stands at a place, if that is a reference alone. Several for a module that is called several times.
    fn origins(&self, span: Span, with_default: bool, finding: &Finding) -> Vec<(Span, String)> {
        if span.is_none() || span.end.saturating_sub(span.start) > LONGEST {
            return Vec::new();
        }
        let file = self.workspace.sources.file(span.file).path.clone();
        let text = self.workspace.sources.text(span);
        match self.unit.kind {
            UnitKind::Terraform => self.of_module(&file, &text, with_default, finding),
            UnitKind::CloudFormation | UnitKind::Sam => self.of_template(&file, &text, with_default, finding),
        }
    }

    fn of_module(&self, file: &Path, text: &str, with_default: bool, finding: &Finding) -> Vec<(Span, String)> {
        let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Some(name) = reference(text, "local.") {
            let local = ModuleSource::load(folder, self.workspace).locals.get(name).map(|expr| expr.span);
            return local.map(|span| (span, format!("the value of `local.{name}`"))).into_iter().collect();
        }
        let Some(name) = reference(text, "var.") else { return Vec::new() };
        if clean(folder) != clean(&self.unit.root) {
            return self.given(folder, name, finding);
        }
        let default = with_default.then(|| terraform::default_of(&self.unit.root, name, self.world, self.workspace)).flatten();
        default.map(|span| (span, format!("default of variable `{name}`"))).into_iter().collect()
    }

    fn of_template(&self, file: &Path, text: &str, with_default: bool, finding: &Finding) -> Vec<(Span, String)> {
        let Some(name) = parameter(text) else { return Vec::new() };
        if clean(file) != clean(&self.unit.root) {
            return self.given(file, name, finding);
        }
        let default = with_default.then(|| cloudformation::default_of(&self.unit.root, name, self.world, self.workspace)).flatten();
        default.map(|span| (span, format!("default of parameter `{name}`"))).into_iter().collect()
    }

    /// What the module or nested stack of this source is given for an input. Where it is called several times, by the calls that the
    /// finding speaks of.
    fn given(&self, source: &Path, name: &str, finding: &Finding) -> Vec<(Span, String)> {
        let source = clean(source);
        let calls: Vec<&Given> = self.unit.given.iter().filter(|given| clean(&given.source) == source).collect();
        let spoken = |given: &&&Given| calls.len() == 1 || speaks_of(finding, &given.address);
        let inputs = calls.iter().filter(spoken).filter_map(|given| given.inputs.iter().find(|(input, _)| input == name));
        let mut out: Vec<(Span, String)> = Vec::new();
        for (_, span) in inputs {
            if out.iter().all(|(known, _)| known != span) {
                out.push((*span, format!("`{name}` is given here")));
            }
        }
        out
    }
}

/// Whether a finding names something in a module or nested stack.
fn speaks_of(finding: &Finding, address: &str) -> bool {
    let within = |text: &str| text.strip_prefix(address).is_some_and(|rest| rest.starts_with('.'));
    let named = format!("`{address}.");
    within(&finding.address)
        || finding.message.contains(&named)
        || [&finding.primary].into_iter().chain(&finding.related).any(|label| label.text.contains(&named))
}

fn touch(a: Span, b: Span) -> bool {
    !a.is_none() && (a.contains(b) || b.contains(a))
}

/// The name in `var.x`, `"${var.x}"` and `[var.x]`.
fn reference<'t>(text: &'t str, kind: &str) -> Option<&'t str> {
    let text = peeled(text.trim(), "[", "]");
    let text = peeled(peeled(text, "\"", "\""), "${", "}");
    name(text.strip_prefix(kind)?)
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
            assert_eq!(reference(text, "var."), Some("a"), "{text}");
        }
        for text in ["var.a.b", "var.a == 1", "\"x${var.a}\"", "local.a", "var."] {
            assert_eq!(reference(text, "var."), None, "{text}");
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
