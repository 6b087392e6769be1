//! Whether a tool adds files to a folder before Terraform reads it: what is not declared there may be declared by them.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use crate::boundary::Boundary;
use crate::terraform::evaluator::Evaluator;
use crate::workspace::Workspace;

/// Files that generate parts of the modules beside and below them.
const GENERATORS: [&str; 6] =
    ["cdktf.json", "stack.tm.hcl", "terragrunt.hcl", "terragrunt.hcl.json", "terragrunt.stack.hcl", "terramate.tm.hcl"];

/// Endings of files in Terraform's own languages, and of Packer's: they generate nothing.
const OTHERS: [&str; 6] = [".pkr.hcl", ".tfdeploy.hcl", ".tfmock.hcl", ".tfquery.hcl", ".tfstack.hcl", ".tftest.hcl"];

/// Folders with copies of what stands elsewhere, and with dependencies.
const SKIPPED: [&str; 4] = [".git", ".terraform", ".terragrunt-cache", "node_modules"];

/// As many files and folders of a project are looked at; in a larger one any folder may be named.
const MAX_ENTRIES: usize = 50_000;

/// As many folders above a module are looked at.
const MAX_ABOVE: usize = 8;

impl Evaluator<'_> {
    /// Whether a tool adds files to this folder.
    pub(super) fn is_generated(&self, dir: &Path) -> bool {
        let above = || dir.ancestors().take_while(|folder| self.workspace.may_read(folder)).take(MAX_ABOVE);
        let mut folders = std::iter::once(dir).chain(above());
        folders.any(|folder| GENERATORS.iter().any(|name| folder.join(name).is_file()))
            || has_templates(dir, &self.workspace.sources.boundary)
    }

    /// Whether a Terragrunt file anywhere in the project names this folder: it copies it and adds files of its own.
    pub(super) fn is_named_by_terragrunt(&self, dir: &Path) -> bool {
        let Ok(real) = dir.canonicalize() else { return false };
        let Some(top) = self.workspace.sources.boundary.project_of(&real) else { return false };
        let texts = self.workspace.terragrunt_texts.get_or_make(top.clone(), || Arc::new(terragrunt_texts(&top, self.workspace)));
        let Some(texts) = &*texts else { return true };
        real.file_name().and_then(OsStr::to_str).is_some_and(|name| has_segment(texts, name))
    }
}

/// Whether a folder has templates of Terraform files: `main.tf.j2`.
fn has_templates(dir: &Path, boundary: &Boundary) -> bool {
    let entries = boundary.entries(dir).unwrap_or_default();
    let mut names = entries.iter().filter_map(|path| path.file_name()?.to_str());
    names.any(|name| name.contains(".tf.") && !name.ends_with(".tf.json") || name.ends_with(".tm.hcl"))
}

/// The texts of all files of a project that Terragrunt may read; `None` where it has too many files to know.
fn terragrunt_texts(top: &Path, workspace: &Workspace) -> Option<String> {
    let boundary = &workspace.sources.boundary;
    let (mut texts, mut seen, mut waiting) = (String::new(), 0, vec![top.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for path in boundary.entries(&folder).unwrap_or_default() {
            seen += 1;
            if seen > MAX_ENTRIES {
                return None;
            }
            let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            if path.is_dir() {
                if !path.is_symlink() && !SKIPPED.contains(&name) {
                    waiting.push(path);
                }
            } else if name.ends_with(".hcl") && !name.starts_with('.') && !OTHERS.iter().any(|ending| name.ends_with(ending)) {
                texts.push_str(&boundary.text(&path).unwrap_or_default());
                texts.push('\n');
            }
        }
    }
    Some(texts)
}

/// Whether a text has a name as a whole segment of a path: `"../modules//x?ref=v1"` has `x`.
fn has_segment(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        before.is_some_and(|c| c == '/') && after.is_none_or(|c| !is_part(c))
    })
}
