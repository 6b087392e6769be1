//! Files and folders of a project that are not there, and why that may be as it should be: a git submodule that is not checked out, a
//! folder that a build makes.

use std::path::{Component, Path};

use ignore::gitignore::GitignoreBuilder;

use crate::terraform::module_source::normalise;
use crate::unit::Absent;
use crate::value::Str;
use crate::workspace::Workspace;

/// Folders that tools make.
const MADE: [&str; 18] = [
    ".aws-sam",
    ".build",
    ".external_modules",
    ".serverless",
    ".terraform",
    ".terragrunt-cache",
    "_build",
    "artifacts",
    "build",
    "cdk.out",
    "cdktf.out",
    "dist",
    "generated",
    "node_modules",
    "out",
    "output",
    "packaged",
    "target",
];

/// How far up the top of a repository is looked for.
const MAX_UP: usize = 64;

/// Files of git's that are larger than this are not read.
const MAX_BYTES: u64 = 1 << 20;

impl Workspace {
    /// Why a file or folder that the source names is not there, where that says nothing against the source. `path` has no `..`
    /// that could be left out.
    pub(crate) fn absent(&self, path: &Path, is_dir: bool) -> Option<Absent> {
        if !self.may_read(path) {
            return Some(Absent::Outside);
        }
        if path.exists() {
            return None;
        }
        // What is not there has no canonical path: its nearest folder that is there has.
        let mut missing = Vec::new();
        let mut there = path;
        while !there.is_dir() {
            missing.push(there.file_name()?.to_owned());
            there = there.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        }
        let there = there.canonicalize().ok()?;
        let full = missing.iter().rev().fold(there.clone(), |path, name| path.join(name));
        for top in there.ancestors().take(MAX_UP).take_while(|top| self.may_read(top)) {
            if let Some(path) = self.submodule(top, &full) {
                return Some(Absent::Submodule(path));
            }
            if self.is_ignored(top, &full, is_dir) {
                return Some(Absent::Built);
            }
            if top.join(".git").exists() {
                break;
            }
        }
        let mut folders = missing.iter().skip(usize::from(!is_dir)).filter_map(|name| name.to_str());
        folders.any(|name| MADE.contains(&name)).then_some(Absent::Built)
    }

    /// The path of the submodule of the repository at `top` that a path lies in.
    fn submodule(&self, top: &Path, path: &Path) -> Option<Str> {
        let text = self.small_file(&top.join(".gitmodules"))?;
        let inside = path.strip_prefix(top).ok()?;
        let mut paths = text.lines().filter_map(submodule_path);
        paths.find(|path| inside.starts_with(normalise(Path::new(path)))).map(Str::from)
    }

    fn is_ignored(&self, top: &Path, path: &Path, is_dir: bool) -> bool {
        let Some(text) = self.small_file(&top.join(".gitignore")) else { return false };
        let mut builder = GitignoreBuilder::new(top);
        for line in text.lines() {
            // A line that is no pattern ignores nothing.
            let _ = builder.add_line(None, line);
        }
        builder.build().is_ok_and(|ignored| ignored.matched_path_or_any_parents(path, is_dir).is_ignore())
    }

    /// The text of a file that the scan may read.
    fn small_file(&self, path: &Path) -> Option<String> {
        String::from_utf8(self.sources.boundary.bytes(path, MAX_BYTES).ok()?).ok()
    }
}

/// The folder in a line `path = modules/shared` of `.gitmodules`.
fn submodule_path(line: &str) -> Option<&str> {
    let (key, value) = line.split_once('=')?;
    let value = value.trim().trim_matches('"');
    let below = Path::new(value).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    (key.trim() == "path" && !value.is_empty() && below).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_submodules() {
        assert_eq!(submodule_path("\tpath = shared-modules"), Some("shared-modules"));
        assert_eq!(submodule_path("path=\"a b/c\""), Some("a b/c"));
        for line in ["[submodule \"x\"]", "url = https://example.com/x.git", "path = ../x", "path = /x", "path =", ""] {
            assert_eq!(submodule_path(line), None, "{line}");
        }
    }
}
