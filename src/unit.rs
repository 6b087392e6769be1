//! A scan unit: one Terraform root module, one CloudFormation template or one SAM template, resolved to its resources.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::finding::{FileProblem, Help};
use crate::secrets::Secrets;
use crate::source::{FileId, Span};
use crate::value::{Guard, ResourceId, Str, Value};

/// The language of a unit. Rules never look at it; reports do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitKind {
    /// A Terraform (or OpenTofu) root module.
    Terraform,
    /// A CloudFormation template.
    CloudFormation,
    /// A SAM template, expanded.
    Sam,
}

impl UnitKind {
    /// The stable name in reports: `terraform`, `cloudformation`, `sam`.
    pub fn name(self) -> &'static str {
        match self {
            UnitKind::Terraform => "terraform",
            UnitKind::CloudFormation => "cloudformation",
            UnitKind::Sam => "sam",
        }
    }
}

/// Managed or only read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The unit creates it.
    Managed,
    /// A Terraform data source.
    Data,
}

/// A resource in its own vocabulary, with values as far as they are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its index in [`Unit::resources`].
    pub id: ResourceId,
    /// Terraform address with module path and instance key (`module.a.aws_x.y["k"]`), or CloudFormation logical id.
    pub address: Str,
    /// `aws_lambda_function`, `AWS::Lambda::Function`. Data sources have the bare type and [`Mode::Data`].
    pub kind: Str,
    /// Managed or only read.
    pub mode: Mode,
    /// The whole block (Terraform) or resource node (CloudFormation).
    pub span: Span,
    /// The block's header (`resource "aws_x" "y"`) or the logical id: where a finding about the whole resource points.
    pub name_span: Span,
    /// A map of the resolved attributes. Terraform nested blocks are lists of maps, as in `terraform show -json`;
    /// CloudFormation has the content of `Properties`. Absent attributes are not in the map.
    pub attributes: Value,
    /// Under which undecided conditions it exists; always for most.
    pub presence: Guard,
    /// Set where this one stands for all instances of a `for_each` or `count` over an unknown collection: the collection's
    /// identity. Two resources over the same collection match pairwise.
    pub symbolic: Option<Str>,
    /// Explicit dependencies.
    pub depends_on: Dependencies,
    /// Every resource that its attributes refer to, in order of first mention, without duplicates.
    pub references: Vec<ResourceId>,
    /// The region of its provider configuration, where that says one. Null: the unit's own.
    pub region: Value,
    /// The account of its provider configuration, where that is not the unit's own. Null: the unit's own.
    pub account: Value,
    /// The endpoint that its provider configuration finds the service at, where that is an emulator's: nothing of it is in AWS.
    pub emulator: Option<Span>,
    /// An identity for the provider configuration (`aws`, `aws.west`), with the module path that it belongs to.
    /// Resources with the same identity share account and region.
    pub provider: Str,
    /// CloudFormation's `Metadata`, or null.
    pub metadata: Value,
    /// Terraform `lifecycle.ignore_changes` (`all` stands for everything).
    pub ignore_changes: Vec<Str>,
    /// For a generated resource (SAM expansion, modelled module): what caused it, for messages: "SAM event `Get` of `Fn`".
    pub origin: Option<Str>,
}

/// What a resource waits for by an explicit dependency. `depends_on` of a module is a list as long as the module, for each of as many
/// resources: the lists are shared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dependencies {
    lists: Vec<Arc<[ResourceId]>>,
}

impl Dependencies {
    /// What these lists name.
    pub fn new(lists: Vec<Arc<[ResourceId]>>) -> Self {
        Dependencies { lists: lists.into_iter().filter(|list| !list.is_empty()).collect() }
    }

    /// The lists, none of them empty. Two resources that depend on the same module have the very same list.
    pub fn lists(&self) -> &[Arc<[ResourceId]>] {
        &self.lists
    }

    /// Each resource once, in order of first mention.
    pub fn iter(&self) -> impl Iterator<Item = ResourceId> + '_ {
        let mut seen = HashSet::new();
        self.lists.iter().flat_map(|list| list.iter().copied()).filter(move |id| seen.insert(*id))
    }
}

impl Resource {
    /// An attribute by its top-level name; `None` when it is not written.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes.get(name).filter(|v| !v.is_null())
    }

    /// Where the attribute was written, or the header where it was not.
    pub fn attribute_span(&self, name: &str) -> Span {
        self.attribute(name).map_or(self.name_span, |v| v.span.or(self.name_span))
    }
}

/// Something in the unit whose contents cannot be seen: an opaque module, a remote nested stack, a macro.
#[derive(Clone, Debug, PartialEq)]
pub struct Opaque {
    /// `module.x`, a nested stack's logical id, a macro's name.
    pub address: Str,
    /// What it is: the module source, template URL, macro name.
    pub source: Str,
    /// The arguments that it was given, as a map; null where it sees everything (a macro).
    pub arguments: Value,
    /// Where it is called.
    pub span: Span,
    /// Every resource that the arguments refer to.
    pub references: Vec<ResourceId>,
    /// What is told of it, where the usual words do not do.
    pub reason: Option<Str>,
    /// Whether it is handed the whole template and gives back another (a macro of `Transform`): what is written may not be what is
    /// deployed.
    pub rewrites: bool,
    /// Why a local source is not there, where that is as it should be.
    pub absent: Option<Absent>,
}

/// Why a folder of the project is not there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Absent {
    /// It lies in a git submodule that is not checked out: the submodule's path, as `.gitmodules` has it.
    Submodule(Str),
    /// It is made by a build: git ignores it, or it lies in a folder that tools make.
    Built,
    /// It lies outside of the project, and is not looked at.
    Outside,
}

/// A call of a module whose source is not there and whose wiring is modelled from its arguments.
#[derive(Clone, Debug)]
pub struct Modelled {
    /// `module.x`, with its instance key.
    pub address: Str,
    /// The source, as written.
    pub source: Str,
    /// The call's block.
    pub span: Span,
    /// Arguments of the call of which the model does not know what they do.
    pub unknown_arguments: Vec<Str>,
    /// What to write into the call, by the rule that found something in the module.
    pub mends: &'static BTreeMap<String, Help>,
    /// How the caller gets at what is inside of it.
    pub outputs: Arc<[ModelledOutput]>,
}

/// A call of a module, or a nested stack, whose source is there: where what it is given is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// `module.x["k"]`; a nested stack's logical id.
    pub address: Str,
    /// The module's folder, or the template.
    pub source: PathBuf,
    /// The inputs by name.
    pub inputs: Vec<(Str, Span)>,
}

/// An output of a modelled module that is an attribute of one of its resources.
#[derive(Clone, Debug)]
pub struct ModelledOutput {
    /// The resource's address in the module, without an instance key: `aws_lambda_function.this`.
    pub resource: Str,
    /// The attribute; empty where the output is the resource.
    pub attribute: Str,
    /// The output.
    pub name: Str,
    /// What the output is.
    pub shape: OutputShape,
}

/// How an output gives the attribute of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputShape {
    /// As its value.
    Value,
    /// By the key of the instance, in a map or list.
    ByKey,
    /// As a part of the whole resource.
    Whole,
}

/// One resolved unit.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its language.
    pub kind: UnitKind,
    /// The folder (Terraform) or the template file, as shown.
    pub root: PathBuf,
    /// Name of the world that it was resolved for; empty for the default one.
    pub world: Str,
    /// All resources; [`ResourceId`] indexes it.
    pub resources: Vec<Resource>,
    /// What cannot be seen into.
    pub opaque: Vec<Opaque>,
    /// Calls of modules that are modelled.
    pub modelled: Vec<Modelled>,
    /// What modules and nested stacks are given.
    pub given: Vec<Given>,
    /// Texts of provisioner commands and scripts that contain `add-permission`: permissions made outside the resources.
    pub outside_permissions: Vec<Value>,
    /// Problems with files that were met while resolving (templates that do not parse, missing files, cycles).
    pub problems: Vec<FileProblem>,
    /// Every file that the unit was read from.
    pub files: Vec<FileId>,
    /// What no report shows of it.
    pub secrets: Secrets,
}

impl Unit {
    /// For templates that the CDK has written: by address, the path of the construct that a resource was made from, which is
    /// what its authors know it by (AWS CDK Developer Guide, "Construct paths").
    pub fn construct_paths(&self) -> BTreeMap<Str, Str> {
        let path = |r: &Resource| Some((r.address.clone(), Str::from(r.metadata.get("aws:cdk:path")?.as_str()?)));
        self.resources.iter().filter_map(path).collect()
    }

    /// Whether another world of the same unit is the same but for its name.
    pub fn is_like(&self, other: &Unit) -> bool {
        let problems = |unit: &Unit| unit.problems.iter().map(|p| (p.severity, p.span, p.message.clone())).collect::<Vec<_>>();
        self.resources == other.resources
            && self.opaque == other.opaque
            && self.outside_permissions == other.outside_permissions
            && problems(self) == problems(other)
    }

    /// The resource of an id.
    pub fn resource(&self, id: ResourceId) -> &Resource {
        &self.resources[id.0 as usize]
    }

    /// The modelled module that an address lies in, with the rest of the address.
    pub fn modelled<'a>(&self, address: &'a str) -> Option<(&Modelled, &'a str)> {
        self.modelled.iter().find_map(|m| Some((m, address.strip_prefix(m.address.as_str())?.strip_prefix('.')?)))
    }
}
