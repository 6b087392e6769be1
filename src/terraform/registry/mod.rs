//! Modules of the public registry whose source is not installed: what is written here of the widely used ones.
//!
//! Each folder with a `module.toml` is one model: a miniature of the module's wiring in Terraform's own language, evaluated
//! like any module. Every place in it is the place of the call, so that what is said of it points into the user's files. A `.tf`
//! file in a folder above, which is no model, belongs to all models below it.
//! `README.md` beside this file tells how to add one.

mod address;
mod constraint;
mod model;
mod outputs;
#[cfg(test)]
mod tests;

pub use address::Address;
pub use model::Model;
pub use outputs::outputs;

use std::sync::{Arc, LazyLock};

use self::constraint::Constraint;
use super::instance::ModuleInstance;
use super::module_source::ModuleSource;
use crate::source::Span;
use crate::syntax::hcl;
use crate::syntax::hcl::ast::{Block, Expr, ExprKind};
use crate::value::{Str, Value};
use crate::workspace::Workspace;

/// A folder of the registry as it is embedded: its path, its `module.toml`, and its `.tf` files with their names.
struct Folder {
    path: &'static str,
    manifest: &'static str,
    files: &'static [(&'static str, &'static str)],
}

mod list {
    use super::Folder;
    include!(concat!(env!("OUT_DIR"), "/registry.rs"));
}

/// Every model. The manifests are read when the first call of a module that is not there asks; a model's text when one calls it.
static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| list::FOLDERS.iter().filter_map(|f| Model::read(f).ok()).collect());

/// The variable through which a model of several submodules learns which one was called.
const SUBMODULE: &str = "iacscan_submodule";

/// Where the result of a function in a module is written. In a model that is where the first of the call's arguments is that the
/// function got.
pub fn place_of(module: &ModuleInstance, values: &[Value], own: Span) -> Span {
    let given = || values.iter().map(|v| v.span).find(|span| *span != own && !span.is_none());
    module.source.model.and_then(|_| given()).unwrap_or(own)
}

/// A model chosen for a call, and the submodule that was asked for.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The model.
    pub model: &'static Model,
    submodule: Str,
}

/// The model for a call of this source; `None` where there is none, or where the constraint leaves open which one it would be.
pub fn choose(call: &Block) -> Option<Chosen> {
    let address = Address::parse(call.body.attribute("source")?.as_str()?)?;
    let constraint = match (call.body.attribute("version"), &address.reference) {
        (Some(version), _) => Constraint::parse(version.as_str()?)?,
        (None, Some(reference)) => Constraint::of_reference(reference),
        (None, None) => Constraint::any(),
    };
    let candidates: Vec<&'static Model> = MODELS.iter().filter(|m| m.stands_for(&address) && constraint.meets(&m.versions)).collect();
    let newest = candidates.iter().max_by(|a, b| a.versions.cmp_newest(&b.versions))?;
    // Terraform installs the newest version that the constraint allows. Where an older one alone takes all the arguments, the
    // call was written for that, and which one it gets cannot be told.
    let takes_all = |model: &Model| model.unknown_arguments(call).next().is_none();
    if constraint.is_commit() && candidates.len() > 1 || !takes_all(newest) && candidates.iter().any(|m| takes_all(m)) {
        return None;
    }
    Some(Chosen { model: newest, submodule: address.submodule.rsplit('/').next().unwrap_or_default().into() })
}

impl Chosen {
    /// The configuration of the model, with every place in it said to be that of the call.
    pub fn load(&self, call: &Block, workspace: &Workspace) -> Arc<ModuleSource> {
        let key = (self.model.path, self.submodule.clone(), call.span);
        workspace.registry_modules.get_or_make(key, || Arc::new(self.read(call.header, call.span)))
    }

    fn read(&self, header: Span, whole: Span) -> ModuleSource {
        let mut module = ModuleSource { model: Some(self.model), dir: self.model.source.as_str().into(), ..ModuleSource::default() };
        for (_, text) in self.model.files {
            // Every embedded text parses: a test of this folder says so.
            let Ok(body) = hcl::parse_body_at(text, header) else { continue };
            for mut block in body.blocks {
                block.span = whole;
                self.tell_submodule(&mut block, header);
                module.declare(block);
            }
        }
        module
    }

    fn tell_submodule(&self, block: &mut Block, header: Span) {
        if block.kind == "variable" && block.label(0) == SUBMODULE {
            for attribute in block.body.attributes.iter_mut().filter(|a| a.name == "default") {
                attribute.value = Expr::new(ExprKind::String(self.submodule.clone()), header);
            }
        }
    }
}
