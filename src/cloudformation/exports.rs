//! Values that templates export to one another (`Outputs.*.Export.Name`, `Fn::ImportValue`), over all templates of a scan.
//!
//! Exports belong to one account and region (CloudFormation User Guide, "Get exported outputs from a deployed CloudFormation
//! stack"), so that both mean the same in the template that exports as in the one that imports. Everything else does not: a
//! parameter, the stack's name and a resource of one template are brought into the other as values of their own.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::conditions::Decision;
use super::identity;
use super::resolver::{Resolver, Stack, StackId};
use super::worlds::worlds;
use crate::source::{Span, clean};
use crate::syntax::node::Node;
use crate::value::{Kind, Part, Pseudo, Reason, Str, Text, Unknown, Value, format_smolstr};
use crate::workspace::Workspace;
use crate::world::World;

/// An output that a template exports.
#[derive(Clone, Debug)]
struct Export {
    /// As templates that import it see it.
    value: Value,
    /// The template, as shown.
    template: PathBuf,
    /// Where the output stands.
    span: Span,
}

/// Exports by what identifies their names; several of one name where the templates of two environments export it.
type ByName = HashMap<Str, Vec<Export>>;

/// The exports of all templates.
#[derive(Clone, Debug, Default)]
pub struct Exports {
    /// Where parameters have their defaults, and where no environment is named.
    usual: ByName,
    /// With other values that the parameters allow: names that are not exported otherwise.
    others: ByName,
    /// In each environment that has a name.
    named: HashMap<Str, ByName>,
}

/// What came of one template.
#[derive(Default)]
struct Exporter {
    worlds: Vec<ExportingWorld>,
    /// The templates that it nests.
    nested: Vec<PathBuf>,
}

/// What one world of a template exports.
struct ExportingWorld {
    /// The name of the environment; empty where it has none.
    name: Str,
    departs: bool,
    /// Identity of the name, and the output.
    exports: Vec<(Str, Export)>,
}

impl Exports {
    /// The exports of templates, where one of them imports anything. Each template has been read before.
    pub fn gather(templates: &[PathBuf], workspace: &Workspace) -> Exports {
        let text = |path: &PathBuf| workspace.sources.read(path).ok().map(|file| workspace.sources.file(file).text.clone());
        let holds = |path: &PathBuf, words: &[&str]| text(path).is_some_and(|text| words.iter().any(|word| text.contains(word)));
        if !templates.par_iter().any(|path| holds(path, &["ImportValue"])) {
            return Exports::default();
        }
        let exporting = |path: &&PathBuf| holds(path, &["Export", "AWS::CloudFormation::Stack", "AWS::Serverless::Application"]);
        let exporters: Vec<(PathBuf, Exporter)> =
            templates.par_iter().filter(exporting).map(|path| (clean(path), exporter(path, workspace))).collect();
        // A nested template exports what its parent's parameters make of it, not what its defaults do.
        let nested: BTreeSet<&PathBuf> = exporters.iter().flat_map(|(_, exporter)| &exporter.nested).collect();
        let own = exporters.iter().filter(|(path, _)| !nested.contains(path)).map(|(_, exporter)| exporter);
        Exports::of(&own.collect::<Vec<_>>())
    }

    fn of(exporters: &[&Exporter]) -> Exports {
        let mut exports = Exports::default();
        let worlds = || exporters.iter().flat_map(|exporter| &exporter.worlds);
        for world in worlds() {
            add(if world.departs { &mut exports.others } else { &mut exports.usual }, world);
        }
        exports.others.retain(|name, _| !exports.usual.contains_key(name));
        for name in worlds().map(|world| &world.name).filter(|name| !name.is_empty()).collect::<BTreeSet<_>>() {
            let table = exports.named.entry(name.clone()).or_default();
            for exporter in exporters {
                // What has no such environment is deployed once for all.
                let own = exporter.worlds.iter().any(|world| world.name == *name);
                let worlds = exporter.worlds.iter().filter(|world| if own { world.name == *name } else { !world.departs });
                worlds.for_each(|world| add(table, world));
            }
        }
        exports
    }

    /// What the import of a name gives in a world; `None` where no template of the scan exports it.
    pub fn import(&self, name: &Value, world: &World, span: Span) -> Option<Value> {
        let identity = identity::of(name)?;
        let exports = match self.named.get(&world.name).filter(|_| world.combination.is_empty()) {
            Some(named) => named.get(&identity)?,
            None => self.usual.get(&identity).or_else(|| self.others.get(&identity))?,
        };
        let shown = identity::shown(name);
        match exports.as_slice() {
            [] => None,
            [only] => Some(only.value.clone().at(span)),
            [first, .., last] => {
                let (a, b) = (first.template.display(), last.template.display());
                let message = match a.to_string() == b.to_string() {
                    true => format_smolstr!("`{shown}` is exported by {a} with different values in different environments"),
                    false => format_smolstr!("`{shown}` is exported by {a} and by {b}, with different values"),
                };
                let import = format_smolstr!("Fn::ImportValue({shown})");
                Some(Value::unknown(Unknown::identified(Reason::External, import.clone(), import, message, first.span), span))
            }
        }
    }
}

fn add(table: &mut ByName, world: &ExportingWorld) {
    for (name, export) in &world.exports {
        let known = table.entry(name.clone()).or_default();
        if !known.iter().any(|other| other.value.kind == export.value.kind) {
            known.push(export.clone());
        }
    }
}

/// Reads the exports of one template and of those that it nests, in each of its worlds.
fn exporter(path: &Path, workspace: &Workspace) -> Exporter {
    let tree = workspace.tree(path);
    let mut out = Exporter::default();
    let Some(node) = tree.node.as_ref().filter(|_| tree.second_document.is_none()) else { return out };
    let none = Exports::default();
    for world in &worlds(path, workspace).all {
        // Who gives one parameter may well give another that goes with it.
        let proven = World { strict: world.departs, ..world.clone() };
        let mut resolver = Resolver::new(path, workspace, &none);
        resolver.world = &proven;
        resolver.load(node, Stack { path: path.to_owned(), ..Stack::default() });
        resolver.load_nested();
        out.nested.extend(resolver.stacks.iter().skip(1).map(|stack| clean(&stack.path)));
        let name = if world.combination.is_empty() { world.name.clone() } else { Str::default() };
        out.worlds.push(ExportingWorld { name, departs: world.departs, exports: resolver.exported() });
    }
    out
}

impl Resolver<'_> {
    /// What all stacks of the unit export.
    fn exported(&mut self) -> Vec<(Str, Export)> {
        let mut out = Vec::new();
        for stack in 0..self.stacks.len() {
            let outputs = self.stacks[stack].outputs.iter().map(|(name, node)| (name.clone(), node.clone()));
            let mut outputs: Vec<(Str, Node)> = outputs.collect();
            outputs.sort_by_key(|(name, node)| (node.span.start, name.clone()));
            out.extend(outputs.iter().filter_map(|(name, node)| self.export(stack, name, node)));
        }
        out
    }

    /// The export of an output, and what identifies its name; `None` where it has none or is not made.
    fn export(&mut self, stack: StackId, output: &str, node: &Node) -> Option<(Str, Export)> {
        let name = node.get("Export")?.get("Name")?.clone();
        let condition = node.get("Condition").and_then(Node::as_str).map(str::to_owned);
        if condition.is_some_and(|name| self.condition(stack, &name, node.span) == Decision::Known(false)) {
            return None;
        }
        let template = clean(&self.root);
        let abroad = Abroad { template: template.display().to_string(), output: self.stacks[stack].qualified(output), span: node.span };
        let name = abroad.value(&self.value(stack, &name));
        let value = abroad.value(&self.output(stack, output, node.span));
        Some((identity::of(&name)?, Export { value, template, span: node.span }))
    }
}

/// Brings values of one template into another.
struct Abroad {
    /// The template that exports them, as shown.
    template: String,
    /// The output.
    output: Str,
    /// Where that stands.
    span: Span,
}

impl Abroad {
    fn value(&self, value: &Value) -> Value {
        let kind = match &value.kind {
            Kind::Bool(_) | Kind::Number(_) => return value.clone(),
            Kind::Text(text) => {
                Kind::Text(text.map_parts(|part| self.part(part).map(|unknown| Text::from_parts([Part::Unknown(unknown)]))))
            }
            Kind::Attr(attr) => Kind::Unknown(self.attribute(&attr.shown)),
            Kind::Unknown(unknown) => Kind::Unknown(self.unknown(unknown)),
            Kind::Choice(_) => Kind::Unknown(self.other("depends on a condition of that template")),
            Kind::Null | Kind::List(_) | Kind::Map(_) => Kind::Unknown(self.other("is no text")),
        };
        Value::new(kind, value.span)
    }

    /// What stands for a hole; `None` where it means the same everywhere.
    fn part(&self, part: &Part) -> Option<std::sync::Arc<Unknown>> {
        match part {
            Part::Attr(attr) => Some(self.attribute(&attr.shown)),
            Part::Unknown(unknown) => Some(self.unknown(unknown)),
            Part::Pseudo(pseudo @ (Pseudo::StackName | Pseudo::StackId)) => {
                let message = format_smolstr!("the name of the stack of {} is given at its deploy", self.template);
                Some(self.identified(pseudo.name(), message))
            }
            Part::Pseudo(_) | Part::Literal(_) => None,
        }
    }

    fn attribute(&self, shown: &str) -> std::sync::Arc<Unknown> {
        self.identified(shown, format_smolstr!("it is `{shown}` of {}, which is another stack", self.template))
    }

    fn unknown(&self, unknown: &Unknown) -> std::sync::Arc<Unknown> {
        let message = format_smolstr!("the output `{}` of {} is not known: {}", self.output, self.template, unknown.message);
        match &unknown.identity {
            Some(identity) => {
                let identity = format_smolstr!("import:{}:{identity}", self.template);
                Unknown::identified(Reason::External, identity, self.shown(&unknown.shown), message, self.span)
            }
            None => Unknown::new(Reason::External, self.shown(&unknown.shown), message, self.span),
        }
    }

    fn other(&self, why: &str) -> std::sync::Arc<Unknown> {
        let message = format_smolstr!("the output `{}` of {} {why}", self.output, self.template);
        self.identified(&format!("Outputs.{}", self.output), message)
    }

    fn identified(&self, name: &str, message: Str) -> std::sync::Arc<Unknown> {
        let identity = format_smolstr!("import:{}:{name}", self.template);
        Unknown::identified(Reason::External, identity, self.shown(name), message, self.span)
    }

    /// `network.yaml:Vpc.Id`.
    fn shown(&self, name: &str) -> Str {
        let file = Path::new(&self.template).file_name().map(|f| f.to_string_lossy().into_owned()).unwrap_or_default();
        format_smolstr!("{file}:{name}")
    }
}
