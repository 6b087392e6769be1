mod attributes;
mod bad_input;
mod exports;
mod fragments;
mod loops;
mod nested;
mod robustness;
mod serverless;
mod values;

use std::path::Path;

use super::*;
use crate::options::ResolveOptions;
use crate::unit::Resource;
use crate::value::{Unknown, Value};

/// A unit and what its places refer to.
pub(super) struct Resolved {
    pub unit: Unit,
    pub workspace: Workspace,
}

impl Resolved {
    pub fn resource(&self, address: &str) -> &Resource {
        let found = self.unit.resources.iter().find(|r| r.address == address);
        found.unwrap_or_else(|| panic!("no resource {address} in {:?}", self.addresses()))
    }

    pub fn addresses(&self) -> Vec<&str> {
        self.unit.resources.iter().map(|r| r.address.as_str()).collect()
    }

    /// The property `V` of a resource.
    pub fn v(&self, address: &str) -> Value {
        self.resource(address).attribute("V").cloned().unwrap_or(Value::null(Span::NONE))
    }

    /// `line: severity: message` of every problem, in order of place.
    pub fn problems(&self) -> Vec<String> {
        let mut problems: Vec<_> = self.unit.problems.iter().collect();
        problems.sort_by_key(|p| (p.span.file, p.span.start));
        let line = |p: &FileProblem| match p.span.is_none() {
            true => 0,
            false => self.workspace.sources.file(p.span.file).position(p.span.start).line,
        };
        problems.iter().map(|p| format!("{}: {}: {}", line(p), p.severity.name(), p.message)).collect()
    }
}

pub(super) fn resolved(text: &str, options: ResolveOptions) -> Resolved {
    let workspace = Workspace::new(options);
    workspace.sources.add("template.yaml", text);
    let unit = resolve(Path::new("template.yaml"), &workspace);
    Resolved { unit, workspace }
}

/// A template of resources `A: <expression>`, each the property `V` of a resource, after other sections.
pub(super) fn values(sections: &str, expressions: &[(&str, &str)]) -> Resolved {
    values_with(sections, expressions, ResolveOptions::default())
}

pub(super) fn values_with(sections: &str, expressions: &[(&str, &str)], options: ResolveOptions) -> Resolved {
    let mut text = format!("{sections}\nResources:\n");
    for (name, expression) in expressions {
        text.push_str(&format!("  {name}: {{Type: 'AWS::X::Y', Properties: {{V: {expression}}}}}\n"));
    }
    resolved(&text, options)
}

pub(super) fn unknown(value: &Value) -> &Unknown {
    match &value.kind {
        crate::value::Kind::Unknown(unknown) => unknown,
        other => panic!("known: {other:?}"),
    }
}
