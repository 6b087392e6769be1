//! Tests of what the real terraform cannot answer: what is not known, and what is wrong.

mod data_sources;
mod evaluation;
mod plan_file;
mod problems;
mod refused;
mod scale;
mod shapes;
mod unknowns;

use std::path::Path;

use super::resolve;
use crate::options::ResolveOptions;
use crate::unit::{Resource, Unit};
use crate::value::{Kind, Part, Value};
use crate::workspace::Workspace;

/// A unit that was resolved from files that are gone again.
pub(super) struct Resolved {
    pub unit: Unit,
    workspace: Workspace,
}

/// Resolves the files of a root module, given by path and text.
pub(super) fn resolve_files(files: &[(&str, &str)]) -> Resolved {
    resolve_with(files, ResolveOptions::default())
}

pub(super) fn resolve_with(files: &[(&str, &str)], options: ResolveOptions) -> Resolved {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    resolve_dir(dir.path(), options)
}

pub(super) fn resolve_dir(dir: &Path, options: ResolveOptions) -> Resolved {
    let workspace = Workspace::new(options);
    let unit = resolve(dir, &workspace);
    Resolved { unit, workspace }
}

/// Resolves a plan, and the files beside it.
pub(super) fn resolve_plan_with(plan: &str, files: &[(&str, &str)]) -> Resolved {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files.iter().chain(&[("plan.json", plan)]) {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let workspace = Workspace::default();
    let unit = super::resolve_plan(&dir.path().join("plan.json"), &workspace);
    Resolved { unit, workspace }
}

/// Resolves one file.
pub(super) fn main_tf(text: &str) -> Resolved {
    resolve_files(&[("main.tf", text)])
}

impl Resolved {
    pub fn resource(&self, address: &str) -> &Resource {
        let found = self.unit.resources.iter().find(|r| r.address == address);
        found.unwrap_or_else(|| panic!("no {address} in {:?}", self.unit.resources.iter().map(|r| &r.address).collect::<Vec<_>>()))
    }

    /// The value of an attribute (`role`, `vpc_config.0.subnet_ids`).
    pub fn value(&self, address: &str, path: &str) -> Value {
        let mut value = self.resource(address).attributes.clone();
        for step in path.split('.') {
            let next = match step.parse::<usize>() {
                Ok(index) => value.as_list().and_then(|l| l.items.get(index)),
                Err(_) => value.get(step),
            };
            value = next.unwrap_or_else(|| panic!("no {step} of {path} in {value}")).clone();
        }
        value
    }

    /// The same as a person would write it.
    pub fn shown(&self, address: &str, path: &str) -> String {
        self.value(address, path).to_string()
    }

    pub fn text(&self, address: &str, path: &str) -> String {
        let value = self.value(address, path);
        value.as_str().unwrap_or_else(|| panic!("{address} {path} is {value}")).to_owned()
    }

    /// The address and path of the resource attribute that a value refers to.
    pub fn target(&self, address: &str, path: &str) -> String {
        match self.value(address, path).kind {
            Kind::Attr(attr) => format!("{}:{}", self.unit.resource(attr.resource).address, attr.path),
            Kind::Text(text) => match text.parts().as_slice() {
                [Part::Attr(attr)] => format!("{}:{}", self.unit.resource(attr.resource).address, attr.path),
                _ => panic!("{address} {path} is {text}"),
            },
            other => panic!("{address} {path} is {other:?}"),
        }
    }

    /// `line: message` of each problem.
    pub fn problems(&self) -> Vec<String> {
        let line = |p: &crate::finding::FileProblem| match p.span.is_none() {
            true => "-".to_owned(),
            false => self.workspace.sources.file(p.span.file).position(p.span.start).line.to_string(),
        };
        self.unit.problems.iter().map(|p| format!("{}: {}", line(p), p.message)).collect()
    }
}
