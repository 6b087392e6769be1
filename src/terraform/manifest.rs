//! `.terraform/modules/modules.json`: where `terraform init` put the modules that are not local.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::module_source::normalise;
use crate::syntax::json;
use crate::workspace::Workspace;

/// Directories of installed modules by the names of the calls that lead to them, joined with dots.
#[derive(Debug, Default)]
pub struct Manifest {
    dirs: HashMap<String, PathBuf>,
}

impl Manifest {
    /// Reads the manifest of a root module; empty where there is none.
    pub fn read(root: &Path, workspace: &Workspace) -> Manifest {
        let path = root.join(".terraform/modules/modules.json");
        let mut manifest = Manifest::default();
        if !workspace.sources.boundary.is_file(&path) {
            return manifest;
        }
        let Ok(file) = workspace.sources.read(&path) else { return manifest };
        let text = workspace.sources.file(file).text.clone();
        let (Some(tree), _) = json::parse(file, &text) else { return manifest };
        for module in tree.get("Modules").and_then(|m| m.items()).unwrap_or_default() {
            let key = module.get("Key").and_then(|k| k.as_str()).unwrap_or_default();
            if let Some(dir) = module.get("Dir").and_then(|d| d.as_str()).filter(|_| !key.is_empty()) {
                manifest.dirs.insert(key.to_owned(), normalise(&root.join(dir)));
            }
        }
        manifest
    }

    /// The directory of a call.
    pub fn dir(&self, call_path: &str) -> Option<&Path> {
        self.dirs.get(call_path).map(PathBuf::as_path)
    }
}
