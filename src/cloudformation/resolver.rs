//! The state of resolving one template and the templates nested in it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use indexmap::IndexSet;

use super::conditions::Decision;
use super::exports::Exports;
use crate::finding::{FileProblem, Severity};
use crate::secrets::Secrets;
use crate::source::{FileId, Span};
use crate::syntax::node::Node;
use crate::unit::Opaque;
use crate::value::{Guard, Reason, ResourceId, Str, Unknown, Value, format_smolstr};
use crate::workspace::Workspace;
use crate::world::World;

/// The world in which parameters have their defaults.
static DEFAULT_WORLD: LazyLock<World> = LazyLock::new(World::default);

/// How deep values, conditions and nested templates may lead into one another: evaluation recurses.
pub(super) const MAX_EVALUATION_DEPTH: usize = 300;

/// Index of a [`Stack`] in [`Resolver::stacks`].
pub(super) type StackId = usize;

/// What a logical id of the `Resources` section stands for.
#[derive(Clone, Debug)]
pub(super) enum Logical {
    /// It is, or may be, created.
    Present(ResourceId),
    /// Its condition, of that name, is false.
    Absent(Str),
}

/// The template of a nested stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Child {
    /// It is being read: whoever asks now is part of a cycle.
    Loading,
    /// Read.
    Loaded(StackId),
    /// Not to be had.
    Opaque,
}

/// Where a parameter of a nested stack gets its value.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    /// An expression of the parent's template.
    Node(Node),
    /// Evaluated before, with the other parameters.
    Value(Value),
}

/// One template: the unit's own, or one that is nested in it.
#[derive(Debug, Default)]
pub(super) struct Stack {
    /// Empty for the unit's own template; `Nested.` for that of its resource `Nested`.
    pub prefix: Str,
    pub path: PathBuf,
    /// The stack that nests this one.
    pub parent: Option<StackId>,
    /// Under which conditions the stack itself exists.
    pub presence: Guard,
    pub parameters: HashMap<Str, Node>,
    pub bindings: HashMap<Str, Binding>,
    pub mappings: Option<Node>,
    pub conditions: HashMap<Str, Node>,
    pub outputs: HashMap<Str, Node>,
    pub resources: HashMap<Str, Logical>,
    pub children: HashMap<Str, Child>,
    /// For resources that a transform made: what it made them for.
    pub origins: HashMap<Str, Str>,
    /// The logical ids of its modules.
    pub modules: Vec<Str>,
    /// A macro may add sections and entries that cannot be seen here: a name that is not found is no mistake.
    pub has_macros: bool,
    /// It has functions of rain, which puts the caller's values in the place of a module's parameters.
    pub is_packaged: bool,
    /// The template has the transform that loops want.
    pub has_extensions: bool,
    /// SAM makes resources whose names a template may refer to.
    pub is_sam: bool,
    pub parameter_values: HashMap<Str, Value>,
    pub decisions: HashMap<Str, Decision>,
    pub output_values: HashMap<Str, Value>,
    /// Of properties that attributes give back.
    pub property_values: HashMap<Str, Value>,
    /// What is being evaluated, to find cycles.
    pub active: HashSet<Str>,
}

impl Stack {
    /// The folder that relative paths of the template start from.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// A name of this stack as the whole unit knows it.
    pub fn qualified(&self, name: &str) -> Str {
        format_smolstr!("{}{name}", self.prefix)
    }
}

/// A resource that has its id but not its values yet.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub stack: StackId,
    pub logical_id: Str,
    pub kind: Str,
    pub name_span: Span,
    pub node: Node,
    pub presence: Guard,
}

/// See the module.
pub(super) struct Resolver<'w> {
    pub workspace: &'w Workspace,
    pub exports: &'w Exports,
    /// The world that the unit is resolved for.
    pub world: &'w World,
    /// The unit's template: where problems without a place are reported.
    pub root: PathBuf,
    pub stacks: Vec<Stack>,
    /// By [`ResourceId`].
    pub slots: Vec<Slot>,
    pub opaque: Vec<Opaque>,
    pub problems: Vec<FileProblem>,
    pub files: Vec<FileId>,
    /// The values of `NoEcho` parameters.
    pub secrets: Secrets,
    /// What is taken for granted where a value stands: the presence of its resource, the branches of `Fn::If` around it.
    pub assumed: Guard,
    /// Resources of which the values evaluated last were made, without a reference in them.
    pub mentioned: Vec<ResourceId>,
    /// How many nodes loops and includes have made.
    pub expanded: usize,
    /// Names that the unit's own template uses and does not declare.
    pub missing: IndexSet<Str>,
    /// The names that the unit's own template takes from elsewhere, where it is taken for a part of one.
    pub taken: Option<IndexSet<Str>>,
    /// While it is looked whether a value is known, nothing is said of what is wrong with it.
    pub quiet: bool,
    depth: usize,
    seen: HashSet<(Span, String)>,
}

impl<'w> Resolver<'w> {
    pub fn new(root: &Path, workspace: &'w Workspace, exports: &'w Exports) -> Self {
        Resolver {
            workspace,
            exports,
            world: &DEFAULT_WORLD,
            root: root.to_owned(),
            stacks: Vec::new(),
            slots: Vec::new(),
            opaque: Vec::new(),
            problems: Vec::new(),
            files: Vec::new(),
            secrets: Secrets::default(),
            assumed: Guard::always(),
            mentioned: Vec::new(),
            expanded: 0,
            missing: IndexSet::new(),
            taken: None,
            quiet: false,
            depth: 0,
            seen: HashSet::new(),
        }
    }

    /// Records a problem of the template; one at one place is recorded once.
    pub fn problem(&mut self, severity: Severity, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let message = message.into();
        if self.quiet || !self.seen.insert((span, message.clone())) {
            return;
        }
        let path = if span.is_none() { self.root.clone() } else { self.workspace.sources.file(span.file).path.clone() };
        self.problems.push(FileProblem { severity, message, span, path, help: help.into() });
    }

    /// A mistake that CloudFormation rejects: recorded, and an unknown value in its place.
    pub fn mistake(&mut self, span: Span, message: impl Into<String>) -> Value {
        let message = message.into();
        self.problem(Severity::Error, span, message.clone(), "");
        self.refused(span, message)
    }

    fn refused(&self, span: Span, message: String) -> Value {
        let shown = self.workspace.sources.text(span);
        Value::unknown(Unknown::new(Reason::Error, one_line(&shown), message, span), span)
    }

    /// A mistake that the deploy only meets where the value is asked for: under conditions it is a warning.
    pub fn late_mistake(&mut self, span: Span, message: impl Into<String>) -> Value {
        let message = message.into();
        if self.assumed.is_always() {
            return self.mistake(span, message);
        }
        self.problem(Severity::Warning, span, format!("where {}, {message}", self.assumed), "");
        self.refused(span, message)
    }

    /// Notes a name that the template does not declare, with what is wrong about it.
    pub fn undeclared(&mut self, stack: StackId, name: &str, severity: Severity, span: Span, message: impl Into<String>) {
        if self.stacks[stack].parent.is_none() && !self.quiet {
            self.missing.insert(name.into());
        }
        self.problem(severity, span, message, "");
    }

    /// The module that a name stands for or that a resource of this name lies in: both names are joined, with a period or without one
    /// (CloudFormation User Guide, "Reference module resources in CloudFormation templates").
    pub fn module_with(&self, stack: StackId, name: &str) -> Option<&Str> {
        self.stacks[stack].modules.iter().find(|module| name.starts_with(module.as_str()))
    }

    /// Goes one level deeper; `None`, and a problem recorded, at the limit.
    pub fn deeper<T>(&mut self, span: Span, evaluate: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_EVALUATION_DEPTH {
            self.problem(Severity::Warning, span, too_deep(), "");
            return None;
        }
        self.depth += 1;
        let result = evaluate(self);
        self.depth -= 1;
        Some(result)
    }

    /// Evaluates what does not depend on the place that asks for it (a parameter, a condition, an output), with only the
    /// presence of its own stack taken for granted. `None` where it is being evaluated already: a cycle.
    pub fn once<T>(&mut self, stack: StackId, key: Str, evaluate: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if !self.stacks[stack].active.insert(key.clone()) {
            return None;
        }
        let presence = self.stacks[stack].presence.clone();
        let outer = std::mem::replace(&mut self.assumed, presence);
        let result = evaluate(self);
        self.assumed = outer;
        self.stacks[stack].active.remove(&key);
        Some(result)
    }
}

/// The message for what [`Resolver::deeper`] gives up.
pub(super) fn too_deep() -> String {
    format!("nested more than {MAX_EVALUATION_DEPTH} levels deep: not followed any further")
}

/// Source text on one line, short enough for a message.
pub(super) fn one_line(text: &str) -> String {
    const LIMIT: usize = 80;
    let words: Vec<&str> = text.split_whitespace().take(LIMIT).collect();
    let line = words.join(" ");
    match line.char_indices().nth(LIMIT) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}
