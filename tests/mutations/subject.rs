//! A unit to be broken: its files, what the resolver made of them, and what the rules say of it as it is.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use iacscan::internals::{self, Graph};
use iacscan::internals::{cloudformation, terraform};
use iacscan::options::ResolveOptions;
use iacscan::rules::{self, Rule, Sink};
use iacscan::unit::{Mode, Resource, Unit};
use iacscan::value::{Kind, Part, ResourceId, Value};
use iacscan::workspace::Workspace;

use crate::tree::{self, Block, Entry, File, Syntax};

/// How far from the broken resource a finding may be, in references: from a policy by its role and function to what calls it.
const REACH: usize = 4;

/// A unit as it was read.
pub struct Subject {
    pub name: String,
    path: PathBuf,
    pub unit: Unit,
    pub files: Vec<File>,
    pub blocks: Vec<Block>,
    /// The block of each resource.
    of_resource: Vec<Option<usize>>,
    /// The other ends of its references, both ways.
    links: Vec<Vec<ResourceId>>,
    said: Said,
}

/// What the rules say of a unit.
#[derive(Default)]
struct Said {
    findings: BTreeSet<(String, String, String)>,
    rules: HashSet<&'static str>,
    undecided: BTreeSet<(String, String)>,
}

/// One replacement of text.
#[derive(Clone, Debug)]
pub struct Edit {
    pub file: usize,
    pub range: Range<usize>,
    pub text: String,
}

/// What a break is, and what has to be said of it.
pub struct Mutant {
    pub operator: &'static str,
    /// One of these rules has to report it.
    pub rules: &'static [&'static str],
    pub edits: Vec<Edit>,
    /// The resource that is broken.
    pub at: ResourceId,
    /// What is broken, for the list of those that were missed.
    pub what: String,
    /// Whether what is left still works, asked of the resolved mutant: no rule is asked.
    pub equivalent: Option<Check>,
}

/// A question about the resolved mutant.
pub type Check = Box<dyn Fn(&Subject, &Unit) -> bool + Send + Sync>;

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Found,
    /// The rule says that it cannot tell, and why.
    Undecided,
    Missed,
    /// Something else still does what was taken away.
    Equivalent,
    /// The rule has findings before the break.
    NotClean,
}

impl Subject {
    /// Reads a unit: a folder of Terraform files or a template.
    pub fn load(path: &Path, name: String) -> Option<Subject> {
        let workspace = Workspace::default();
        let unit = resolve(path, &workspace);
        if unit.resources.is_empty() {
            return None;
        }
        let (mut files, mut blocks) = (Vec::new(), Vec::new());
        for id in &unit.files {
            let source = workspace.sources.file(*id);
            if let Some((syntax, found)) = tree::blocks(files.len(), &source.path, &source.text) {
                blocks.extend(found);
                files.push(File { path: source.path.clone(), text: source.text.to_string(), syntax });
            }
        }
        let file_of = |r: &Resource| {
            let path = (!r.span.is_none()).then(|| workspace.sources.file(r.span.file).path.clone())?;
            files.iter().position(|f| f.path == path)
        };
        let of_resource = unit.resources.iter().map(|r| {
            let file = file_of(r)?;
            blocks.iter().position(|b| b.file == file && b.entry.range.contains(&(r.name_span.start as usize)))
        });
        let of_resource = of_resource.collect();
        let said = said(&unit, &rules::all().iter().filter(|r| r.is_checked()).collect::<Vec<_>>());
        let links = links(&unit);
        Some(Subject { name, path: path.to_owned(), unit, files, blocks, of_resource, links, said })
    }

    /// The block that a resource was written as; none where something expanded it.
    pub fn block(&self, id: ResourceId) -> Option<&Block> {
        self.of_resource.get(id.0 as usize).copied().flatten().map(|i| &self.blocks[i])
    }

    /// A resource's block where it is of the resource's own type: not that of the SAM resource which it comes from.
    pub fn own_block(&self, resource: &Resource) -> Option<&Block> {
        self.block(resource.id).filter(|b| b.kind.trim_start_matches("data.") == resource.kind)
    }

    /// The managed resources of these types, one for each block.
    pub fn of_kinds(&self, kinds: &[&str]) -> Vec<&Resource> {
        let mut seen = HashSet::new();
        let wanted = self.unit.resources.iter().filter(|r| r.mode == Mode::Managed && kinds.contains(&r.kind.as_str()));
        wanted.filter(|r| self.of_resource[r.id.0 as usize].is_none_or(|block| seen.insert(block))).collect()
    }

    /// The resources that refer to this one or that it refers to.
    pub fn linked(&self, id: ResourceId) -> impl Iterator<Item = &Resource> {
        self.links[id.0 as usize].iter().map(|id| self.unit.resource(*id))
    }

    /// The resources of these types that refer to one.
    pub fn users(&self, id: ResourceId, kinds: &[&str]) -> Vec<&Resource> {
        self.linked(id).filter(|r| kinds.contains(&r.kind.as_str()) && r.references.contains(&id)).collect()
    }

    /// The resources of these types that one refers to.
    pub fn used(&self, resource: &Resource, kinds: &[&str]) -> Vec<&Resource> {
        resource.references.iter().map(|id| self.unit.resource(*id)).filter(|r| kinds.contains(&r.kind.as_str())).collect()
    }

    /// The text of a block.
    pub fn text(&self, block: &Block) -> &str {
        &self.files[block.file].text[block.entry.range.clone()]
    }

    /// The text of an entry.
    pub fn entry_text(&self, block: &Block, entry: &Entry) -> &str {
        &self.files[block.file].text[entry.value.range.clone()]
    }

    /// How a block's file is written.
    pub fn syntax(&self, block: &Block) -> Syntax {
        self.files[block.file].syntax
    }

    /// The edit that takes an entry out.
    pub fn without(&self, block: &Block, entry: &Entry) -> Edit {
        let range = tree::cut(&self.files[block.file], &entry.range, entry.commas);
        Edit { file: block.file, range, text: String::new() }
    }

    /// The edit that gives an entry another value.
    pub fn with(&self, block: &Block, entry: &Entry, text: impl Into<String>) -> Edit {
        Edit { file: block.file, range: entry.value.range.clone(), text: text.into() }
    }

    /// The edit that sets an attribute to a text or literal, whether or not it stands there now: the value in HCL, and in YAML
    /// and JSON.
    pub fn set(&self, block: &Block, cloudformation: &str, terraform: &str, hcl: &str, json: &str) -> Option<Edit> {
        let value = if self.syntax(block) == Syntax::Hcl { hcl } else { json };
        if let Some(entry) = block.at(cloudformation, terraform) {
            return Some(self.with(block, entry, value));
        }
        self.add(block, if block.cloudformation { cloudformation } else { terraform }, value)
    }

    /// The edit that adds an attribute to a block's body.
    pub fn add(&self, block: &Block, key: &str, value: &str) -> Option<Edit> {
        let file = &self.files[block.file];
        let body = block.body()?;
        let first = body.entries().first().map(|e| e.range.start)?;
        let line = file.text[..first].rfind('\n').map_or(0, |i| i + 1);
        let flow = body.entries().first().is_some_and(|e| e.commas);
        let (at, text) = match file.syntax {
            Syntax::Hcl => (first, format!("{key} = {value}\n  ")),
            _ if flow => (first, format!("\"{key}\": {value}, ")),
            _ => (first, format!("{key}: {value}\n{}", " ".repeat(file.text[line..first].chars().count()))),
        };
        Some(Edit { file: block.file, range: at..at, text })
    }

    /// The edit that adds a resource to a file, and the resource's name: its type and properties in CloudFormation, its type and
    /// attributes in Terraform.
    pub fn declare(&self, file: usize, what: (&str, &str, &str, &str)) -> Option<(Edit, &'static str)> {
        let first = self.blocks.iter().find(|b| b.file == file);
        let written = &self.files[file];
        let name = if written.syntax == Syntax::Hcl { "elsewhere" } else { "Elsewhere" };
        let (at, text) = tree::declaration(first, written, name, what)?;
        Some((Edit { file, range: at..at, text }, name))
    }

    /// The edit that removes a whole resource.
    pub fn drop(&self, block: &Block) -> Edit {
        self.without(block, &block.entry)
    }

    /// The edits that remove a resource and its name from the explicit dependencies of others.
    pub fn drop_with_dependencies(&self, id: ResourceId) -> Option<Vec<Edit>> {
        let gone = self.unit.resource(id);
        let block = self.own_block(gone)?;
        let mut edits = vec![self.drop(block)];
        let mut seen = HashSet::new();
        for other in self.unit.resources.iter().filter(|r| r.depends_on.iter().any(|other| other == id)) {
            let Some(other) = self.own_block(other) else { continue };
            if !seen.insert((other.file, other.entry.range.start)) {
                continue;
            }
            let Some(entry) = other.beside("DependsOn", "depends_on") else { continue };
            let items = entry.value.items();
            if items.len() < 2 {
                edits.push(self.without(other, entry));
                continue;
            }
            let named = |text: &str| text.trim_matches('"').split('.').next_back() == Some(block.name.as_str());
            let text = |range: &Range<usize>| &self.files[other.file].text[range.clone()];
            if let Some(index) = items.iter().position(|item| named(text(&item.range))) {
                let range = tree::cut_item(&self.files[other.file], &entry.value, index)?;
                edits.push(Edit { file: other.file, range, text: String::new() });
            }
        }
        Some(edits)
    }

    /// Every edited file's new text; none where two replacements overlap.
    fn mutated(&self, edits: &[Edit]) -> Option<BTreeMap<usize, String>> {
        let mut out = BTreeMap::new();
        let mut edits: Vec<Edit> = edits.to_vec();
        edits.sort_by_key(|e| (e.file, e.range.start, e.range.end));
        let mut joined: Vec<Edit> = Vec::new();
        for edit in edits {
            match joined.last_mut().filter(|last| last.file == edit.file && last.range.end > edit.range.start) {
                // Neighbours in a list that both go: the comma between them was cut with each.
                Some(last) if last.text.is_empty() && edit.text.is_empty() => {
                    last.range.end = last.range.end.max(edit.range.end);
                    last.range.start = before_comma(&self.files[edit.file].text, &last.range);
                }
                Some(_) => return None,
                None => joined.push(edit),
            }
        }
        for edit in joined.into_iter().rev() {
            let text: &mut String = out.entry(edit.file).or_insert_with(|| self.files[edit.file].text.clone());
            text.replace_range(edit.range.clone(), &edit.text);
        }
        Some(out)
    }

    /// Applies a mutant and sees what the rules say. An error where the mutant is no longer of its language.
    pub fn run(&self, mutant: &Mutant) -> Result<Outcome, String> {
        if mutant.rules.iter().any(|rule| self.said.rules.contains(rule)) {
            return Ok(Outcome::NotClean);
        }
        let texts = self.mutated(&mutant.edits).ok_or("edits that overlap")?;
        let workspace = Workspace::default();
        for (file, text) in &texts {
            let parses = tree::blocks(0, &self.files[*file].path, text).is_some();
            if !parses {
                return Err(format!("no longer parses:\n{text}"));
            }
            workspace.sources.add(self.files[*file].path.clone(), text.as_str());
        }
        let unit = resolve(&self.path, &workspace);
        if mutant.equivalent.as_ref().is_some_and(|check| check(self, &unit)) {
            return Ok(Outcome::Equivalent);
        }
        let selected: Vec<&'static Rule> = mutant.rules.iter().filter_map(|id| rules::by_id(id)).collect();
        let said = said(&unit, &selected);
        let near = self.neighbourhood(mutant.at);
        if said.findings.iter().any(|(rule, address, key)| {
            near.contains(address.as_str()) && !self.said.findings.contains(&(rule.clone(), address.clone(), key.clone()))
        }) {
            return Ok(Outcome::Found);
        }
        let doubt = |(_, address): &(String, String)| near.contains(address.as_str());
        Ok(if said.undecided.iter().any(doubt) { Outcome::Undecided } else { Outcome::Missed })
    }

    /// Every address within reach of a resource and of the other resources of its block.
    fn neighbourhood(&self, at: ResourceId) -> HashSet<&str> {
        let block = self.of_resource[at.0 as usize];
        let twins = |r: &&Resource| r.id == at || block.is_some() && self.of_resource[r.id.0 as usize] == block;
        let mut seen: HashSet<ResourceId> = self.unit.resources.iter().filter(twins).map(|r| r.id).collect();
        let mut edge: Vec<ResourceId> = seen.iter().copied().collect();
        for _ in 0..REACH {
            edge = edge.iter().flat_map(|id| &self.links[id.0 as usize]).copied().filter(|id| seen.insert(*id)).collect();
        }
        seen.into_iter().map(|id| self.unit.resource(id).address.as_str()).collect()
    }
}

/// The start of a cut, moved before the comma that would be left in front of a closing bracket.
fn before_comma(text: &str, cut: &Range<usize>) -> usize {
    let before = text[..cut.start].trim_end();
    match text[cut.end..].trim_start().starts_with(['}', ']']) && before.ends_with(',') {
        true => before.len() - 1,
        false => cut.start,
    }
}

fn resolve(path: &Path, workspace: &Workspace) -> Unit {
    if path.is_dir() { terraform::resolve(path, workspace) } else { cloudformation::resolve(path, workspace) }
}

fn links(unit: &Unit) -> Vec<Vec<ResourceId>> {
    let mut links: Vec<Vec<ResourceId>> = vec![Vec::new(); unit.resources.len()];
    for resource in &unit.resources {
        for other in resource.references.iter().copied().chain(resource.depends_on.iter()) {
            links[resource.id.0 as usize].push(other);
            links[other.0 as usize].push(resource.id);
        }
    }
    links
}

fn said(unit: &Unit, selected: &[&'static Rule]) -> Said {
    let graph = Graph::new(unit, &ResolveOptions::default());
    let Sink { findings, mut undecided, unlisted } = internals::run(&graph, selected);
    undecided.extend(unlisted);
    let mut said = Said::default();
    for finding in findings {
        said.rules.insert(finding.rule);
        said.findings.insert((finding.rule.to_owned(), finding.address.to_string(), finding.key.to_string()));
    }
    said.undecided = undecided.into_iter().map(|u| (u.rule.to_owned(), u.address.to_string())).collect();
    said
}

/// Every literal text in a value, those around its holes included.
pub fn texts(value: &Value, out: &mut Vec<String>) {
    match &value.kind {
        Kind::Text(text) => match text.holes() {
            None => out.extend(text.as_known().map(str::to_owned)),
            Some(parts) => out.extend(parts.iter().filter_map(|part| match part {
                Part::Literal(literal) => Some(literal.to_string()),
                _ => None,
            })),
        },
        Kind::List(list) => list.items.iter().for_each(|item| texts(item, out)),
        Kind::Map(map) => map.entries.values().for_each(|item| texts(item, out)),
        Kind::Choice(branches) => branches.iter().for_each(|(_, item)| texts(item, out)),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Attr(_) | Kind::Unknown(_) => {}
    }
}
