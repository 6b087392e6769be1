//! The state of resolving one root module, and what is memoised in it: every variable, local, output and attribute is
//! computed once, when it is first asked for. Modules are never evaluated as a whole, so values may go to and fro between two.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::budget::Budget;
use super::dependencies::DependencyMemos;
use super::instance::{Memo, Memos, ModuleId, ModuleInstance, ResourceSlot};
use super::manifest::Manifest;
use super::operators::Joined;
use super::plan::Element;
use super::plan_file::PlanFacts;
use super::providers::Provider;
use super::secrecy::Secrecy;
use crate::finding::{FileProblem, Severity};
use crate::source::{FileId, Span};
use crate::value::{AttrRef, Kind, Part, Reason, ResourceId, Str, Unknown, Value, format_smolstr};
use crate::workspace::Workspace;
use crate::world::World;

/// How deep evaluation goes (expressions in expressions, values that refer to values). Each level takes some hundred bytes
/// to some kilobytes of stack; the stack of the resolving thread fits it.
pub(super) const MAX_DEPTH: usize = 4_000;

/// A value larger than this, written out, is not kept: `[local.a, local.a]` thirty times over is a handful of lines.
const MAX_VALUE_BYTES: usize = 16 << 20;

/// How many references the values of one unit may have between them, counted anew for each value that is kept: 16 MiB of them.
const MAX_REFERENCES: usize = 4 << 20;
/// Where there are more, so many are kept of each value.
const FEW_REFERENCES: usize = 256;

/// All instances of a resource as one value, and which they are.
type Collection = (Value, Rc<[ResourceId]>);

/// Everything that one unit is resolved with.
pub struct Evaluator<'w> {
    pub(super) workspace: &'w Workspace,
    /// The root module's directory, as shown.
    pub(super) root: PathBuf,
    pub(super) manifest: Manifest,
    /// Values of the root module's variables.
    pub(super) inputs: HashMap<Str, Value>,
    /// The world in which the root module is deployed.
    pub(super) world: World,
    modules: RefCell<Vec<Rc<ModuleInstance>>>,
    resources: RefCell<Vec<Rc<ResourceSlot>>>,
    problems: RefCell<Vec<FileProblem>>,
    reported: RefCell<HashSet<(Span, String)>>,
    pub(super) files: RefCell<Vec<FileId>>,
    /// The folders of modules whose names have been checked.
    pub(super) checked: RefCell<HashSet<PathBuf>>,
    touched: RefCell<Vec<Touched>>,
    /// How many more references may be kept.
    references_left: Cell<usize>,
    depth: Cell<usize>,
    pub(super) budget: Budget,
    /// Whether there are as many resources as there may be.
    pub(super) full: Cell<bool>,
    /// Whether it was said that something is not evaluated any further.
    told: Cell<bool>,
    /// How many expression errors there were: `try` and `can` look whether it grew.
    errors: Cell<u64>,
    /// How many `try` and `can` are being evaluated.
    pub(super) trying: Cell<usize>,
    /// How many template files are being rendered within one another.
    pub(super) templates: Cell<usize>,
    /// What stands for any element of an open collection, by the identity of why it is open.
    pub(super) elements: RefCell<HashMap<Str, Element>>,
    /// All instances of a resource, as an expression has them: the instances of another resource share them.
    pub(super) collections: RefCell<HashMap<(Str, Span), Collection>>,
    /// What stands behind the keys of maps that are not fully known, by the text that they are written as.
    pub(super) partial_keys: RefCell<HashMap<Str, Value>>,
    /// What undecided conditions are made of, by identity.
    pub(super) joined: RefCell<HashMap<Str, Joined>>,
    /// What blocks and calls depend on by name, where others may depend on the same.
    pub(super) dependencies: DependencyMemos,
    /// Provider configurations by identity.
    pub(super) providers: RefCell<HashMap<Str, Arc<Provider>>>,
    /// What a plan says of the instances, where the unit is one.
    pub(super) planned: Option<PlanFacts>,
    /// Which attributes the unknowns of a plan may be made of, by identity.
    pub(super) plan_bases: RefCell<HashMap<Str, Arc<[Arc<AttrRef>]>>>,
    /// What is not to be shown.
    pub(super) secrecy: Secrecy,
}

/// The resources that the value being computed has come upon.
#[derive(Default)]
struct Touched {
    order: Vec<ResourceId>,
    seen: HashSet<ResourceId>,
}

impl Touched {
    fn add(&mut self, id: ResourceId, limit: usize) -> bool {
        if self.order.len() >= limit {
            return self.seen.contains(&id);
        }
        if self.seen.insert(id) {
            self.order.push(id);
        }
        true
    }
}

impl<'w> Evaluator<'w> {
    /// An evaluator without modules.
    pub(super) fn new(workspace: &'w Workspace, root: PathBuf, manifest: Manifest) -> Self {
        Evaluator {
            workspace,
            root,
            manifest,
            inputs: HashMap::new(),
            world: World::default(),
            modules: RefCell::default(),
            resources: RefCell::default(),
            problems: RefCell::default(),
            reported: RefCell::default(),
            files: RefCell::default(),
            checked: RefCell::default(),
            touched: RefCell::default(),
            references_left: Cell::new(MAX_REFERENCES),
            depth: Cell::new(0),
            budget: Budget::default(),
            full: Cell::new(false),
            told: Cell::new(false),
            errors: Cell::new(0),
            trying: Cell::new(0),
            templates: Cell::new(0),
            elements: RefCell::default(),
            collections: RefCell::default(),
            partial_keys: RefCell::default(),
            joined: RefCell::default(),
            dependencies: DependencyMemos::default(),
            providers: RefCell::default(),
            planned: None,
            plan_bases: RefCell::default(),
            secrecy: Secrecy::default(),
        }
    }

    /// Adds a module instance; `make` gets its index.
    pub(super) fn add_module(&self, make: impl FnOnce(ModuleId) -> ModuleInstance) -> ModuleId {
        let id = ModuleId(self.modules.borrow().len());
        let module = Rc::new(make(id));
        self.modules.borrow_mut().push(module);
        id
    }

    /// Adds a resource instance; `make` gets its index.
    pub(super) fn add_resource(&self, make: impl FnOnce(ResourceId) -> ResourceSlot) -> ResourceId {
        let id = ResourceId(self.resources.borrow().len() as u32);
        let slot = Rc::new(make(id));
        self.resources.borrow_mut().push(slot);
        id
    }

    pub(super) fn module(&self, id: ModuleId) -> Rc<ModuleInstance> {
        self.modules.borrow()[id.0].clone()
    }

    pub(super) fn module_count(&self) -> usize {
        self.modules.borrow().len()
    }

    pub(super) fn slot(&self, id: ResourceId) -> Rc<ResourceSlot> {
        self.resources.borrow()[id.0 as usize].clone()
    }

    pub(super) fn resource_count(&self) -> usize {
        self.resources.borrow().len()
    }

    /// Says once what is wrong with a file.
    pub(super) fn problem(&self, span: Span, message: String) {
        self.problem_of(Severity::Error, span, message);
    }

    pub(super) fn problem_of(&self, severity: Severity, span: Span, message: String) {
        if !self.reported.borrow_mut().insert((span, message.clone())) {
            return;
        }
        let path = if span.is_none() { self.root.clone() } else { self.workspace.sources.file(span.file).path.clone() };
        self.problems.borrow_mut().push(FileProblem { severity, message, span, path, help: String::new() });
    }

    /// Whether something wrong has been told of a part of the source.
    pub(super) fn has_problem_within(&self, span: Span) -> bool {
        self.problems.borrow().iter().any(|p| p.span.file == span.file && span.start <= p.span.start && p.span.end <= span.end)
    }

    /// A file that could not be read.
    pub(super) fn file_problem(&self, path: &Path, message: String) {
        let path = path.to_owned();
        self.problems.borrow_mut().push(FileProblem { severity: Severity::Error, message, span: Span::NONE, path, help: String::new() });
    }

    /// Adds problems that were found elsewhere, each once.
    pub(super) fn add_problems(&self, problems: &[FileProblem]) {
        for problem in problems {
            if self.reported.borrow_mut().insert((problem.span, problem.message.clone())) {
                self.problems.borrow_mut().push(problem.clone());
            }
        }
    }

    pub(super) fn take_problems(&self) -> Vec<FileProblem> {
        std::mem::take(&mut self.problems.borrow_mut())
    }

    /// The value of an expression that Terraform rejects.
    pub(super) fn error(&self, span: Span, shown: impl Into<Str>, message: impl Into<Str>) -> Value {
        self.errors.set(self.errors.get() + 1);
        let shown = shown.into();
        self.budget.look(shown.len() / 64);
        Value::unknown(Unknown::new(Reason::Error, excerpt(shown), message, span), span)
    }

    /// Runs something and says whether it met an expression error.
    pub(super) fn attempt<T>(&self, run: impl FnOnce() -> T) -> (T, bool) {
        let before = self.errors.replace(0);
        let result = run();
        let failed = self.errors.replace(before) > 0;
        (result, failed)
    }

    /// Counts an error that a caller of [`Evaluator::attempt`] does not swallow.
    pub(super) fn count_error(&self) {
        self.errors.set(self.errors.get() + 1);
    }

    /// Notes that the value being computed depends on a resource.
    pub(super) fn touch(&self, id: ResourceId) {
        self.touch_all(&[id]);
    }

    pub(super) fn touch_all(&self, ids: &[ResourceId]) {
        self.budget.look(ids.len());
        let limit = if self.references_left.get() == 0 { FEW_REFERENCES } else { usize::MAX };
        let mut complete = true;
        if let Some(touched) = self.touched.borrow_mut().last_mut() {
            for id in ids {
                complete &= touched.add(*id, limit);
            }
        }
        if !complete {
            let message = format!("the values refer to one another more than {MAX_REFERENCES} times: not all dependencies are known");
            self.problem(Span::NONE, message);
        }
    }

    /// Runs something and gives the resources that it came upon.
    pub(super) fn tracking<T>(&self, run: impl FnOnce() -> T) -> (T, Rc<[ResourceId]>) {
        self.touched.borrow_mut().push(Touched::default());
        let result = run();
        let touched = self.touched.borrow_mut().pop().unwrap_or_default();
        self.references_left.set(self.references_left.get().saturating_sub(touched.order.len()));
        (result, touched.order.into())
    }

    /// One level deeper and one step further; `None` where a limit is reached.
    pub(super) fn deeper<T>(&self, run: impl FnOnce() -> T) -> Option<T> {
        if self.depth.get() >= MAX_DEPTH || !self.budget.step() {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let result = run();
        self.depth.set(self.depth.get() - 1);
        Some(result)
    }

    pub(super) fn too_deep(&self, span: Span) -> Value {
        let message = self.budget.why().unwrap_or_else(|| format!("evaluation goes deeper than {MAX_DEPTH} levels"));
        if !self.told.replace(true) {
            self.problem(span, format!("not evaluated any further: {message}; whatever needs it is not known"));
        }
        Value::unknown(Unknown::new(Reason::Limit, "(too deep)", message, span), span)
    }

    /// The memoised value of a key. `None` where it is being computed already: a cycle.
    pub(super) fn memoised<T: Clone>(&self, table: &Memos<T>, key: &str, compute: impl FnOnce() -> T) -> Option<T> {
        match table.borrow().get(key) {
            Some(Memo::Done(value, references)) => {
                self.touch_all(references);
                return Some(value.clone());
            }
            Some(Memo::Pending) => return None,
            None => {}
        }
        table.borrow_mut().insert(key.into(), Memo::Pending);
        // An error inside belongs to what is computed here, not to the expression that asks for it.
        let compute = || self.budget.apart(compute);
        let ((value, _), references) = self.secrecy.apart(|| self.tracking(|| self.attempt(compute)));
        self.touch_all(&references);
        table.borrow_mut().insert(key.into(), Memo::Done(value.clone(), references));
        Some(value)
    }

    /// A value, or that it is too large to follow.
    pub(super) fn limited(&self, value: Value) -> Value {
        let mut left = MAX_VALUE_BYTES;
        let fits = fits(&value, &mut left);
        self.budget.sized(MAX_VALUE_BYTES - left);
        if fits {
            return value;
        }
        let message = format_smolstr!("a value larger than {} MiB is not followed", MAX_VALUE_BYTES >> 20);
        Value::unknown(Unknown::new(Reason::Limit, "(too large)", message, value.span), value.span)
    }

    /// The value of something that depends on itself.
    pub(super) fn cycle(&self, name: &str, span: Span) -> Value {
        let message = format!("`{name}` depends on itself");
        self.problem(span, message.clone());
        Value::unknown(Unknown::new(Reason::Cycle, name, message, span), span)
    }
}

/// As much of a text as a message has room for.
fn excerpt(text: Str) -> Str {
    const LONGEST: usize = 240;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format_smolstr!("{}…", &text[..end]),
        None => text,
    }
}

/// Whether a value, with all that it shares written out, takes no more than what is left.
fn fits(value: &Value, left: &mut usize) -> bool {
    const NODE_BYTES: usize = 16;
    let own = match &value.kind {
        Kind::Text(text) => match (text.as_known(), text.holes()) {
            (Some(known), _) => known.len(),
            (None, parts) => parts.unwrap_or_default().iter().map(|p| if let Part::Literal(l) = p { l.len() } else { NODE_BYTES }).sum(),
        },
        _ => 0,
    };
    match left.checked_sub(NODE_BYTES + own) {
        Some(rest) => *left = rest,
        None => return false,
    }
    match &value.kind {
        Kind::List(list) => list.items.iter().all(|v| fits(v, left)),
        Kind::Map(map) => map.entries.values().all(|v| fits(v, left)),
        Kind::Choice(branches) => branches.iter().all(|(_, v)| fits(v, left)),
        _ => true,
    }
}
