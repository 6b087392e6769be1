//! What a model says of itself in its `module.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::constraint::Constraint;
use super::{Address, Folder};
use crate::finding::Help;
use crate::syntax::hcl::ast::{Attribute, Block};

/// How to mend what a rule found in a modelled module: which argument of the call to set, and the argument.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mend {
    text: String,
    #[serde(default)]
    code: String,
}

/// `module.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Manifest {
    source: String,
    #[serde(default = "Manifest::itself")]
    submodules: Vec<String>,
    #[serde(default)]
    versions: String,
    #[cfg_attr(not(test), allow(dead_code))]
    read: String,
    #[serde(default)]
    #[allow(dead_code)]
    leaves_out: Vec<String>,
    #[serde(default)]
    ignored: Vec<String>,
    #[serde(default)]
    mends: BTreeMap<String, Mend>,
}

impl Manifest {
    /// The module, not one below it.
    fn itself() -> Vec<String> {
        vec![String::new()]
    }
}

/// A model of a module.
#[derive(Debug)]
pub struct Model {
    /// Its folder.
    pub path: &'static str,
    /// `namespace/name/provider`.
    pub source: String,
    /// The submodules that it stands for (`modules/x`); an empty one is the module itself.
    pub submodules: Vec<String>,
    /// The versions that it stands for.
    pub(super) versions: Constraint,
    /// The version that was read to write it: what the tests of the models call.
    #[cfg(test)]
    pub read: String,
    /// Inputs that change nothing of what is looked at; `*` in a name stands for any text.
    ignored: Vec<String>,
    /// Inputs that the model follows, as its text declares them.
    declared: Vec<&'static str>,
    /// How to mend the call, by rule.
    pub mends: BTreeMap<String, Help>,
    pub(super) files: &'static [(&'static str, &'static str)],
}

/// Arguments of every call.
const META: [&str; 6] = ["source", "version", "count", "for_each", "providers", "depends_on"];

impl Model {
    pub(super) fn read(folder: &Folder) -> Result<Model, String> {
        let manifest: Manifest = toml::from_str(folder.manifest).map_err(|e| e.to_string())?;
        let versions = match manifest.versions.as_str() {
            "" => Constraint::any(),
            text => Constraint::parse(text).ok_or_else(|| format!("`{text}` is no version constraint"))?,
        };
        Ok(Model {
            path: folder.path,
            source: manifest.source,
            submodules: manifest.submodules,
            versions,
            #[cfg(test)]
            read: manifest.read,
            ignored: manifest.ignored,
            declared: folder.files.iter().flat_map(|(_, text)| declared(text)).collect(),
            mends: manifest.mends.into_iter().map(|(rule, m)| (rule, Help { text: m.text, code: m.code.trim().to_owned() })).collect(),
            files: folder.files,
        })
    }

    /// Whether an input changes nothing of what is looked at.
    pub(super) fn ignores(&self, name: &str) -> bool {
        self.ignored.iter().any(|pattern| matches(pattern, name))
    }

    /// Inputs that the model follows.
    #[cfg(test)]
    pub(super) fn declared(&self) -> &[&'static str] {
        &self.declared
    }

    /// Whether an address means this module.
    pub fn stands_for(&self, address: &Address) -> bool {
        address.module == self.source && self.submodules.iter().any(|s| *s == address.submodule)
    }

    /// The arguments of a call that neither change nothing nor are followed.
    pub fn unknown_arguments<'c>(&'c self, call: &'c Block) -> impl Iterator<Item = &'c Attribute> {
        call.body.attributes.iter().filter(|a| {
            let name = a.name.as_str();
            !META.contains(&name) && !self.declared.contains(&name) && !self.ignores(name)
        })
    }
}

/// Whether a name fits a pattern with at most one `*`.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
        None => pattern == name,
    }
}

/// The variables that a text declares. Models are written with one `variable "x" {` a line, as a test checks: finding the names
/// needs no parsing.
fn declared(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter_map(|line| line.strip_prefix("variable \"")?.split('"').next())
}
