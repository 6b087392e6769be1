//! Reading a template into a [`Stack`]: its sections, its transforms, its resources.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::conditions::Decision;
use super::detect::{LANGUAGE_EXTENSIONS, SAM_TRANSFORM, is_generator, transforms};
use super::eval::packaged;
use super::resolver::{Logical, Resolver, Slot, Stack, StackId};
use super::scalar;
use crate::finding::Severity;
use crate::source::Span;
use crate::syntax::node::{Entry, Node, NodeKind, Style};
use crate::unit::Opaque;
use crate::value::{Guard, ResourceId, Str, Value, format_smolstr};

/// Transforms of AWS that add no resources which the rules look at, or that are done here.
const KNOWN_TRANSFORMS: [&str; 7] = [
    LANGUAGE_EXTENSIONS,
    SAM_TRANSFORM,
    "AWS::Include",
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
    "AWS::ServiceCatalog",
];

impl Resolver<'_> {
    /// Reads a template. `stack` has what its parent knows of it: path, prefix, bindings, presence.
    pub fn load(&mut self, template: &Node, stack: Stack) -> StackId {
        let id = self.stacks.len();
        self.stacks.push(stack);
        self.duplicate_keys(template);
        self.unquoted_accounts(template);
        self.stacks[id].is_packaged = is_packaged(template) || template.get("Modules").is_some();
        let names: Vec<Str> = transforms(template).into_iter().map(Str::from).collect();
        self.stacks[id].has_extensions = names.iter().any(|name| name == LANGUAGE_EXTENSIONS);
        let transform = template.get("Transform").map_or(start_of(template), |t| t.span);
        for name in names.iter().filter(|name| !KNOWN_TRANSFORMS.contains(&name.as_str())) {
            self.opaque(id, name, name, transform, true);
        }
        self.parts(id, template);
        // Loops and snippets look up parameters, mappings and conditions, so that these come first.
        self.sections(id, template);
        let mut template = self.expand(id, template, 0);
        if let Some(included) = self.top_level_snippet(id, &template) {
            template = included;
        }
        self.sections(id, &template);
        if let Some(sam) = names.iter().position(|name| name == SAM_TRANSFORM) {
            self.stacks[id].is_sam = true;
            if names[..sam].iter().any(|name| name == LANGUAGE_EXTENSIONS) {
                template = self.settled(id, &template);
            }
            template = self.expand_sam(id, &template);
            self.sections(id, &template);
        }
        self.generators(id, &template);
        self.modules(id, &template);
        self.register(id, &template);
        id
    }

    fn sections(&mut self, id: StackId, template: &Node) {
        let parameters = self.section(template, "Parameters", "parameter");
        let conditions = self.section(template, "Conditions", "condition");
        let outputs = self.section(template, "Outputs", "output");
        let stack = &mut self.stacks[id];
        stack.parameters = parameters;
        stack.conditions = conditions;
        stack.outputs = outputs;
        stack.mappings = template.get("Mappings").cloned();
        // What was found with other sections may be wrong with these.
        stack.decisions.clear();
        stack.parameter_values.clear();
    }

    fn section(&mut self, template: &Node, name: &str, what: &str) -> HashMap<Str, Node> {
        let Some(section) = template.get(name).filter(|s| !s.is_null()) else { return HashMap::new() };
        let Some(entries) = section.entries() else {
            self.problem(Severity::Error, section.span, format!("`{name}` must be a map"), "");
            return HashMap::new();
        };
        let mut out = HashMap::new();
        for entry in entries {
            let Some(key) = entry.key.as_str().filter(|key| !is_generator(key)) else { continue };
            if entry.value.is_null() {
                self.problem(Severity::Warning, entry.key.span, format!("{what} `{key}` has no definition"), "");
            }
            out.insert(key.into(), entry.value.clone());
        }
        out
    }

    /// `Transform: {Name: AWS::Include, …}` at the top: the snippet's sections become the template's.
    fn top_level_snippet(&mut self, id: StackId, template: &Node) -> Option<Node> {
        let transform = template.get("Transform")?;
        let mut entries: Option<Vec<Entry>> = None;
        for item in transform.items().unwrap_or(std::slice::from_ref(transform)) {
            match self.snippet(id, item, 0) {
                Some(snippet) => {
                    let entries = entries.get_or_insert_with(|| template.entries().unwrap_or_default().to_vec());
                    for section in snippet.entries().unwrap_or_default() {
                        add_section(entries, section);
                    }
                }
                None if item.get("Name").and_then(Node::as_str) == Some("AWS::Include") => {
                    self.opaque(id, "AWS::Include", "AWS::Include", item.span, false);
                }
                None => {}
            }
        }
        let kind = NodeKind::Mapping(Arc::new(entries?));
        Some(Node { kind, ..template.clone() })
    }

    /// Records the macros and loops within sections that could not be expanded.
    fn generators(&mut self, id: StackId, template: &Node) {
        let resources = template.get("Resources").and_then(Node::entries).unwrap_or_default();
        for entry in resources {
            if let Some(name) = entry.key.as_str().filter(|key| is_generator(key)) {
                self.opaque(id, name, name, entry.key.span, false);
            }
        }
        // In the other sections a macro adds no resource, but names that are looked up.
        let has_generator = |node: &Node| {
            let entries = node.entries().unwrap_or_default();
            entries.iter().any(|e| e.key.as_str().is_some_and(is_generator))
        };
        let others = ["Parameters", "Conditions", "Outputs", "Mappings"].iter().filter_map(|name| template.get(name));
        let mappings = template.get("Mappings").and_then(Node::entries).unwrap_or_default().iter().map(|e| &e.value);
        if others.chain(mappings).any(has_generator) {
            self.stacks[id].has_macros = true;
        }
    }

    /// Something that may add any resource; a macro over the whole template may change what is there too (`rewrites`).
    pub(super) fn opaque(&mut self, id: StackId, name: &str, source: &str, span: Span, rewrites: bool) {
        self.hidden(id, name, source, span, None, rewrites);
    }

    /// Something that may add any resource, and what to say of it.
    pub(super) fn opaque_for(&mut self, id: StackId, name: &str, source: &str, span: Span, reason: Option<Str>) {
        self.hidden(id, name, source, span, reason, false);
    }

    /// Something that may add any resource, but none whose name does not start with its own.
    pub(super) fn opaque_module(&mut self, id: StackId, name: &str, source: &str, span: Span, reason: Str) {
        let had_macros = self.stacks[id].has_macros;
        self.hidden(id, name, source, span, Some(reason), false);
        self.stacks[id].has_macros = had_macros;
        self.stacks[id].modules.push(name.into());
    }

    fn hidden(&mut self, id: StackId, name: &str, source: &str, span: Span, reason: Option<Str>, rewrites: bool) {
        let stack = &mut self.stacks[id];
        stack.has_macros = true;
        let (address, arguments) = (stack.qualified(name), Value::null(span));
        self.opaque.push(Opaque {
            address,
            source: source.into(),
            arguments,
            span,
            references: Vec::new(),
            reason,
            absent: None,
            rewrites,
        });
    }

    /// Gives every resource that is or may be created its id.
    fn register(&mut self, id: StackId, template: &Node) {
        let Some(section) = template.entry("Resources") else {
            if !self.stacks[id].has_macros {
                self.problem(Severity::Error, start_of(template), "the template has no `Resources`", "");
            }
            return;
        };
        let Some(entries) = section.value.entries().filter(|entries| !entries.is_empty()) else {
            let message = match section.value.is_null() || section.value.entries().is_some() {
                true => "`Resources` is empty",
                false => "`Resources` must be a map",
            };
            self.problem(Severity::Error, section.key.span, message, "");
            return;
        };
        let mut last: HashMap<&str, usize> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            last.insert(entry.key.as_str().unwrap_or_default(), at);
        }
        for (at, entry) in entries.iter().enumerate() {
            let name = entry.key.as_str().unwrap_or_default();
            if last.get(name) == Some(&at) && !is_generator(name) {
                self.register_resource(id, entry, name);
            }
        }
    }

    fn register_resource(&mut self, id: StackId, entry: &Entry, name: &str) {
        let node = &entry.value;
        let Some(kind) = self.resource_type(id, entry, name) else { return };
        if kind.ends_with("::MODULE") {
            self.stacks[id].modules.push(name.into());
        }
        let mut presence = self.stacks[id].presence.clone();
        if let Some(condition) = node.get("Condition").filter(|c| !c.is_null()) {
            let Some(condition_name) = condition.as_str() else {
                self.problem(Severity::Error, condition.span, "`Condition` must be the name of a condition", "");
                return self.push(id, name, kind, entry, presence);
            };
            match self.condition(id, condition_name, condition.span).under(&presence) {
                Decision::Known(true) => {}
                Decision::Known(false) => {
                    self.stacks[id].resources.insert(name.into(), Logical::Absent(condition_name.into()));
                    return;
                }
                Decision::Open { yes, .. } => presence = presence.and(&yes).unwrap_or(presence),
            }
        }
        self.push(id, name, kind, entry, presence);
    }

    fn push(&mut self, id: StackId, name: &str, kind: Str, entry: &Entry, presence: Guard) {
        let resource = ResourceId(self.slots.len() as u32);
        self.stacks[id].resources.insert(name.into(), Logical::Present(resource));
        let (name_span, node) = (entry.key.span, entry.value.clone());
        self.slots.push(Slot { stack: id, logical_id: name.into(), kind, name_span, node, presence });
    }

    /// The type of a resource; `None`, and a problem recorded, where it is none.
    fn resource_type(&mut self, id: StackId, entry: &Entry, name: &str) -> Option<Str> {
        let span = entry.key.span;
        if entry.value.entries().is_none() {
            let message = match entry.value.is_null() {
                true => format!("resource `{name}` is empty"),
                false => format!("resource `{name}` must be a map"),
            };
            self.problem(Severity::Error, span, message, "");
            return None;
        }
        if let Some(tool) = packaged(&entry.value) {
            let source = source_of(&entry.value);
            let reason = format_smolstr!("resource `{name}` is what `{tool}` puts in (`{source}`), which is not seen before `rain pkg`");
            self.opaque_module(id, name, &source, span, reason);
            return None;
        }
        let Some(kind) = entry.value.get("Type") else {
            self.problem(Severity::Error, span, format!("resource `{name}` has no `Type`"), "");
            return None;
        };
        if let Some(text) = kind.as_str().filter(|t| !t.is_empty() && !kind.is_null()) {
            return Some(text.into());
        }
        if let Some(tool) = packaged(kind) {
            let source = source_of(kind);
            // Nothing is wrong with the template: it only has to be packaged first.
            let reason = match tool {
                "Rain::Module" => {
                    format_smolstr!("resource `{name}` is the module `{source}` of rain: what it makes is not seen before `rain pkg`")
                }
                _ => format_smolstr!("the type of resource `{name}` is what `{tool}` puts in (`{source}`), which is not seen here"),
            };
            self.opaque_for(id, name, &source, span, Some(reason));
            return None;
        }
        self.problem(Severity::Error, kind.span, format!("the `Type` of resource `{name}` must be a text"), "");
        None
    }

    /// YAML 1.1 reads digits after a 0 as an octal number, and those that are none lose the 0 in tools that write the template anew.
    fn unquoted_accounts(&mut self, node: &Node) {
        if let NodeKind::Scalar(text, Style::Plain) = &node.kind
            && text.starts_with('0')
            && scalar::is_account(text)
        {
            let message = match scalar::value(text, Style::Plain, node.span).as_i64().filter(|number| number.to_string() != text[1..]) {
                Some(number) => format!("`{text}` without quotes is the octal number {number}, and no account id"),
                None => format!("`{text}` without quotes may lose its 0 on the way to CloudFormation"),
            };
            self.problem(Severity::Warning, node.span, message, format!("write \"{text}\""));
        }
        for entry in node.entries().unwrap_or_default() {
            self.unquoted_accounts(&entry.key);
            self.unquoted_accounts(&entry.value);
        }
        node.items().unwrap_or_default().iter().for_each(|item| self.unquoted_accounts(item));
    }

    /// CloudFormation's YAML reader takes the last of two equal keys without a word.
    fn duplicate_keys(&mut self, node: &Node) {
        if let Some(entries) = node.entries() {
            for (key, span) in repeated(entries) {
                self.problem(Severity::Note, span, format!("the key `{key}` stands here twice: the last one counts"), "");
            }
            entries.iter().for_each(|e| self.duplicate_keys(&e.value));
        }
        node.items().unwrap_or_default().iter().for_each(|item| self.duplicate_keys(item));
    }
}

/// Adds a snippet's section: to the template's own, where that has it already.
fn add_section(template: &mut Vec<Entry>, section: &Entry) {
    let own = template.iter_mut().find(|own| own.key.as_str() == section.key.as_str());
    match own.map(|own| &mut own.value.kind) {
        Some(NodeKind::Mapping(entries)) => {
            let added = section.value.entries().unwrap_or_default();
            *entries = Arc::new(entries.iter().chain(added).cloned().collect());
        }
        _ => template.push(section.clone()),
    }
}

/// So many keys are looked through faster than they are hashed; nearly all maps have fewer.
const FEW_KEYS: usize = 12;

/// The keys that stand in a map before, too.
fn repeated(entries: &[Entry]) -> Vec<(String, Span)> {
    let keys = entries.iter().enumerate().filter_map(|(at, e)| Some((at, e.key.as_str()?, e.key.span)));
    if entries.len() <= FEW_KEYS {
        let before = |at: usize, key: &str| entries[..at].iter().any(|e| e.key.as_str() == Some(key));
        return keys.filter(|(at, key, _)| before(*at, key)).map(|(_, key, span)| (key.to_owned(), span)).collect();
    }
    let mut seen = HashSet::new();
    keys.filter(|(_, key, _)| !seen.insert(*key)).map(|(_, key, span)| (key.to_owned(), span)).collect()
}

/// What a function of rain is given: a file, or a constant's name.
fn source_of(call: &Node) -> String {
    call.entries().and_then(|entries| entries.first()?.value.as_str()).unwrap_or_default().to_owned()
}

/// Whether something in a template is for rain to replace.
fn is_packaged(node: &Node) -> bool {
    packaged(node).is_some()
        || node.items().unwrap_or_default().iter().any(is_packaged)
        || node.entries().unwrap_or_default().iter().any(|entry| is_packaged(&entry.value))
}

/// Where a template starts, for problems with all of it: its first key.
pub(super) fn start_of(template: &Node) -> Span {
    match template.entries().and_then(|entries| entries.first()) {
        Some(entry) => entry.key.span,
        None => Span { end: template.span.start, ..template.span },
    }
}
