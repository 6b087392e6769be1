//! What all units of a scan share: the files, each parsed at most once, and the settings.

use std::collections::HashMap;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, OnceLock};

use crate::cloudformation::Exports;
use crate::options::ResolveOptions;
use crate::source::{FileId, SourceMap, Span, clean};
use crate::syntax::hcl::ast::Expr;
use crate::syntax::node::SyntaxError;
use crate::syntax::tree::Tree;
use crate::terraform::VariableFileContent;
use crate::terraform::module_source::ModuleSource;
use crate::value::Str;

/// A cache whose entries are made once, also when several threads ask at the same time.
#[derive(Debug)]
pub struct OnceMap<K, V> {
    entries: Mutex<HashMap<K, Arc<OnceLock<V>>>>,
}

impl<K, V> Default for OnceMap<K, V> {
    fn default() -> Self {
        OnceMap { entries: Mutex::default() }
    }
}

impl<K: Eq + Hash, V: Clone> OnceMap<K, V> {
    /// The entry of `key`, made by `make` where it is not there yet.
    pub fn get_or_make(&self, key: K, make: impl FnOnce() -> V) -> V {
        let cell = self.entries.lock().unwrap_or_else(|e| e.into_inner()).entry(key).or_default().clone();
        cell.get_or_init(make).clone()
    }
}

/// The shared state of one scan.
#[derive(Debug, Default)]
pub struct Workspace {
    /// Every file.
    pub sources: SourceMap,
    /// The settings of the resolvers.
    pub options: ResolveOptions,
    /// What the templates of the scan export to one another.
    pub exports: Exports,
    /// How many units could not be looked at because of a fault of our own.
    pub panics: AtomicUsize,
    trees: OnceMap<PathBuf, Arc<Tree>>,
    /// Terraform directories, each parsed once however many modules call it.
    pub(crate) terraform_modules: OnceMap<PathBuf, Arc<ModuleSource>>,
    /// Modules of the registry that are modelled, by the model's folder, the submodule and the call.
    pub(crate) registry_modules: OnceMap<(&'static str, Str, Span), Arc<ModuleSource>>,
    /// Files with values of Terraform variables.
    pub(crate) terraform_variables: OnceMap<PathBuf, Arc<VariableFileContent>>,
    /// What the Terragrunt files of a project name, by the project's top folder.
    pub(crate) terragrunt_texts: OnceMap<PathBuf, Arc<Option<String>>>,
    /// Terraform template files.
    pub(crate) terraform_templates: OnceMap<FileId, Arc<Result<Expr, SyntaxError>>>,
}

impl Workspace {
    /// A workspace without files.
    pub fn new(options: ResolveOptions) -> Self {
        Workspace { options, ..Workspace::default() }
    }

    /// Whether a path that the source refers to may be looked at.
    pub fn may_read(&self, path: &Path) -> bool {
        self.sources.boundary.permits(path)
    }

    /// A YAML or JSON file, read and parsed once however many units refer to it.
    pub fn tree(&self, path: &Path) -> Arc<Tree> {
        self.trees.get_or_make(clean(path), || Arc::new(Tree::read(&self.sources, path)))
    }
}
