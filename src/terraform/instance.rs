//! Instances of modules and resources, and the scope in which an expression is evaluated.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use super::module_source::{ModuleSource, ResourceDecl};
use super::plan::Expansion;
use crate::syntax::hcl::ast::Block;
use crate::value::{Guard, Kind, Number, ResourceId, Str, Value, format_smolstr};

/// Index of a module instance in its evaluator. The root module is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModuleId(pub usize);

/// A value that is computed when it is first asked for.
#[derive(Debug)]
pub enum Memo<T> {
    /// Being computed: asking again means a cycle.
    Pending,
    /// Computed, with every resource that it depends on.
    Done(T, Rc<[ResourceId]>),
}

/// Memoised values by name.
pub type Memos<T> = RefCell<HashMap<Str, Memo<T>>>;

/// Which instance of a `count` or `for_each` something is.
#[derive(Clone, Debug)]
pub enum InstanceKey {
    /// The only one.
    Single,
    /// `count.index`.
    Count(Value),
    /// `each.key` and `each.value`.
    Each(Value, Value),
}

impl InstanceKey {
    /// The suffix of the address: nothing, `[0]`, `["k"]`, `[*]` where the key is that of a symbolic instance.
    pub fn suffix(&self, symbolic: bool) -> Str {
        match self {
            InstanceKey::Single => Str::default(),
            _ if symbolic => "[*]".into(),
            InstanceKey::Count(index) => format_smolstr!("[{index}]"),
            InstanceKey::Each(key, _) => format_smolstr!("[{}]", quoted(&key.to_string())),
        }
    }

    /// The text under which an instance is looked up.
    pub fn text(&self) -> Str {
        match self {
            InstanceKey::Single => Str::default(),
            InstanceKey::Count(key) | InstanceKey::Each(key, _) => format_smolstr!("{key}"),
        }
    }
}

/// A string as Terraform writes it in addresses.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A provider configuration: the module that it is written in, and its key there (`aws`, `aws.west`).
#[derive(Clone, Debug)]
pub struct ProviderRef {
    /// The module with the `provider` block.
    pub module: ModuleId,
    /// The key of the block.
    pub key: Str,
}

/// One instance of a module.
#[derive(Debug)]
pub struct ModuleInstance {
    /// Its index.
    pub id: ModuleId,
    /// Its configuration.
    pub source: Arc<ModuleSource>,
    /// `module.a["k"]`; empty for the root.
    pub address: Str,
    /// The names of the calls alone, joined with dots, as `modules.json` has them.
    pub call_path: Str,
    /// `path.module`.
    pub path: Str,
    /// The directory to read from.
    pub dir: PathBuf,
    /// The caller, the call and the instance; none for the root.
    pub caller: Option<(ModuleId, Arc<Block>, InstanceKey)>,
    /// How many calls lie between this and the root.
    pub level: usize,
    /// Under which conditions it exists.
    pub presence: Guard,
    /// The identity of the unknown collection that it stands for.
    pub symbolic: Option<Str>,
    /// Provider configurations that the caller passes, by the name that they have here.
    pub providers: HashMap<Str, ProviderRef>,
    /// Values of variables.
    pub variables: Memos<Value>,
    /// Local values.
    pub locals: Memos<Value>,
    /// Output values.
    pub outputs: Memos<Value>,
    /// Instances of resources, by address.
    pub resources: Memos<Rc<Expansion<ResourceId>>>,
    /// Instances of module calls, by name.
    pub calls: Memos<Rc<CallTarget>>,
}

impl ModuleInstance {
    /// An address inside of the module: `module.a.aws_x.y`.
    pub fn qualify(&self, local: &str) -> Str {
        if self.address.is_empty() { local.into() } else { format_smolstr!("{}.{local}", self.address) }
    }
}

/// What a module call leads to.
#[derive(Debug)]
pub enum CallTarget {
    /// Instances with configuration.
    Modules(Expansion<ModuleId>),
    /// A source that is not there.
    Opaque(Expansion<Str>),
}

/// One instance of a resource.
#[derive(Debug)]
pub struct ResourceSlot {
    /// Its index.
    pub id: ResourceId,
    /// Its block.
    pub decl: Arc<ResourceDecl>,
    /// The module that it is in.
    pub module: ModuleId,
    /// Which instance it is.
    pub key: InstanceKey,
    /// Its full address.
    pub address: Str,
    /// Under which conditions it exists.
    pub presence: Guard,
    /// The identity of the unknown collection that it stands for.
    pub symbolic: Option<Str>,
    /// Its attributes.
    pub attributes: Memos<Value>,
}

/// A variable of a `for`, a `dynamic` block or a template.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// The name.
    pub name: &'a str,
    /// The value.
    pub value: &'a Value,
    /// The enclosing ones.
    pub outer: Option<&'a Binding<'a>>,
}

/// What the names in an expression mean.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The module.
    pub module: &'a Rc<ModuleInstance>,
    /// The instance that `each` and `count` speak of.
    pub key: &'a InstanceKey,
    /// Local names.
    pub bindings: Option<&'a Binding<'a>>,
    /// What `self` is.
    pub this: Option<ResourceId>,
    /// Only local names: inside of a template file.
    pub closed: Option<&'a IndexMap<Str, Value>>,
}

impl<'a> Scope<'a> {
    /// The scope of a module without an instance.
    pub fn of(module: &'a Rc<ModuleInstance>) -> Self {
        Scope { module, key: &InstanceKey::Single, bindings: None, this: None, closed: None }
    }

    /// The same with one more local name.
    pub fn with<'b>(self, binding: &'b Binding<'b>) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { bindings: Some(binding), ..self }
    }

    /// The value of a local name.
    pub fn binding(&self, name: &str) -> Option<&'a Value> {
        let mut next = self.bindings;
        while let Some(binding) = next {
            if binding.name == name {
                return Some(binding.value);
            }
            next = binding.outer;
        }
        self.closed?.get(name)
    }
}

/// A number as an index into an expansion.
pub fn index_key(index: usize) -> Value {
    Value::new(Kind::Number(Number::Int(index as i64)), crate::source::Span::NONE)
}
