//! Finds what there is to scan: folders of Terraform files, and files that may be templates. Looks at names only, never into
//! a file.

mod tracked;
mod walk;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::FileType;
use std::path::{Path, PathBuf};

use self::walk::{Entry, Walk};
use crate::boundary::Boundary;
use crate::finding::{FileProblem, Severity};
use crate::source::{Span, clean};
use crate::terraform;

/// What the given paths hold. Every path is as it is to be shown, and sorted.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// Folders with Terraform files, found below a given folder.
    pub modules: BTreeSet<PathBuf>,
    /// Folders of Terraform files that were given by name: they stand for the root modules that they are part of.
    pub named_modules: BTreeSet<PathBuf>,
    /// Files that may be templates, found below a given folder.
    pub templates: BTreeSet<PathBuf>,
    /// Files given by name that may be templates.
    pub named_templates: BTreeSet<PathBuf>,
    /// Folders that could not be read.
    pub problems: Vec<FileProblem>,
    /// How much `.gitignore` leaves out.
    pub left_out: LeftOut,
}

/// What `.gitignore` leaves out and git does not track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Files whose names say that they may be Terraform or templates.
    pub files: usize,
    /// Folders, which were not looked into.
    pub folders: usize,
}

/// Why a scan cannot start.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// A path that was given is not there.
    #[error("no such file or folder: {0}")]
    NotFound(String),
    /// A path that was given cannot be looked at.
    #[error("cannot read {0}: {1}")]
    Unreadable(String, String),
}

/// Folders that hold copies, packages or the output of tools. They are scanned only when they are given by name.
const SKIPPED: [&str; 22] = [
    ".terraform",
    "node_modules",
    ".aws-sam",
    "cdk.out",
    ".terragrunt-cache",
    ".serverless",
    ".git",
    ".hg",
    ".svn",
    ".jj",
    ".venv",
    ".tox",
    ".nox",
    ".cache",
    ".direnv",
    ".npm",
    ".yarn",
    ".pnpm-store",
    ".gradle",
    ".idea",
    ".vscode",
    ".mypy_cache",
];

/// Finds everything below the given paths. `directory` is the working directory, absolute: paths below it are shown relative
/// to it.
pub fn discover(paths: &[PathBuf], directory: &Path, boundary: &Boundary) -> Result<Discovery, DiscoverError> {
    let mut found = Discovery::default();
    for path in paths {
        let shown = shown(path, directory);
        let metadata = std::fs::metadata(&shown).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => DiscoverError::NotFound(path.display().to_string()),
            _ => DiscoverError::Unreadable(path.display().to_string(), e.to_string()),
        })?;
        if metadata.is_dir() {
            walk(&shown, boundary, &mut found);
        } else {
            named(&shown, &mut found);
        }
    }
    found.named_modules.retain(|folder| !found.modules.contains(folder));
    found.named_templates.retain(|file| !found.templates.contains(file));
    Ok(found)
}

/// The path as reports show it: relative to the working directory when it lies below it.
pub fn shown(path: &Path, directory: &Path) -> PathBuf {
    match path.strip_prefix(directory) {
        Ok(inside) => clean(inside),
        Err(_) => clean(path),
    }
}

/// A file that was given by name: a Terraform file stands for its module, everything else may be a template.
fn named(file: &Path, found: &mut Discovery) {
    let name = file.file_name().unwrap_or_default();
    if is_terraform_file(name) || is_variable_file(name) {
        found.named_modules.insert(clean(file.parent().unwrap_or(Path::new("."))));
    } else {
        found.named_templates.insert(file.to_owned());
    }
}

/// Adds everything below a folder.
pub fn walk(folder: &Path, boundary: &Boundary, found: &mut Discovery) {
    Walk::over(folder, boundary, &is_skipped, &mut |entry| match entry {
        Entry::File(path, kind) => visit(&path, kind, boundary, found),
        Entry::LeftOut(path) => found.left_out.files += usize::from(may_hold_resources(&path)),
        Entry::LeftOutFolder => found.left_out.folders += 1,
        Entry::Unreadable(path, cause) => found.problems.push(unreadable(path, &cause)),
    });
    found.problems.sort_by(|a, b| a.path.cmp(&b.path));
}

fn is_skipped(folder: &Path) -> bool {
    folder.file_name().and_then(OsStr::to_str).is_some_and(|n| SKIPPED.contains(&n)) || is_asset(folder)
}

/// Whether a folder is a copy of code that the CDK uploads: `cdk.out/asset.0a1b…`.
fn is_asset(folder: &Path) -> bool {
    let names_asset = folder.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"asset."));
    names_asset && folder.ancestors().skip(1).take(2).any(|above| above.file_name().is_some_and(|name| name == "cdk.out"))
}

fn may_hold_resources(path: &Path) -> bool {
    path.file_name().is_some_and(|name| !is_hidden(name) && (is_terraform_file(name) || is_template_name(name)))
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

fn visit(path: &Path, kind: FileType, boundary: &Boundary, found: &mut Discovery) {
    let Some(name) = path.file_name() else { return };
    if !may_hold_resources(path) {
        return found.problems.extend(unnamed(path, name));
    }
    let terraform = is_terraform_file(name);
    if kind.is_symlink() {
        // A link to a folder is not followed: what it leads to is found at its own place. A link that leads nowhere, or out, is a
        // file that Terraform reads or fails to read; a template it is not.
        match boundary.permits(path).then(|| std::fs::metadata(path)) {
            Some(Ok(target)) if target.is_file() => {}
            Some(Ok(_)) => return,
            None | Some(Err(_)) if terraform => {}
            None | Some(Err(_)) => return,
        }
    } else if !kind.is_file() {
        return;
    }
    if terraform {
        found.modules.insert(clean(path.parent().unwrap_or(Path::new("."))));
    } else {
        found.templates.insert(path.to_owned());
    }
}

/// Terraform reads a file whatever bytes its name is made of; reports could not name it.
fn unnamed(path: &Path, name: &OsStr) -> Option<FileProblem> {
    let lossy = name.to_string_lossy();
    (name.to_str().is_none() && terraform::is_configuration(&lossy)).then(|| FileProblem {
        severity: Severity::Error,
        message: "the file's name is not UTF-8: it was not read, though Terraform reads it".to_owned(),
        span: Span::NONE,
        path: path.to_owned(),
        help: "rename it".to_owned(),
    })
}

/// A folder that cannot be listed.
fn unreadable(path: PathBuf, cause: &std::io::Error) -> FileProblem {
    FileProblem {
        severity: Severity::Warning,
        message: format!("cannot read {}: {cause}; nothing in it was checked", path.display()),
        span: Span::NONE,
        path,
        help: "make it readable, or list it in .gitignore where it holds nothing to deploy".to_owned(),
    }
}

/// Whether Terraform or OpenTofu reads a file of that name as configuration. Both pass over editors' backups.
pub fn is_terraform_file(name: &OsStr) -> bool {
    name.to_str().is_some_and(terraform::is_configuration)
}

fn is_variable_file(name: &OsStr) -> bool {
    name.to_str().is_some_and(|n| n.ends_with(".tfvars") || n.ends_with(".tfvars.json"))
}

/// Whether a file of that name is looked into for a template.
fn is_template_name(name: &OsStr) -> bool {
    let known = |e: &str| ["yaml", "yml", "json", "template"].iter().any(|k| e.eq_ignore_ascii_case(k));
    !is_variable_file(name) && Path::new(name).extension().and_then(OsStr::to_str).is_some_and(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, "").expect("a file");
        }
        dir
    }

    fn names(set: &BTreeSet<PathBuf>, dir: &Path) -> Vec<String> {
        set.iter().map(|p| p.strip_prefix(dir).unwrap_or(p).display().to_string()).collect()
    }

    #[test]
    fn folders_of_tools_are_skipped_unless_named() {
        let dir = tree(&[
            "main.tf",
            ".terraform/modules/x/main.tf",
            "node_modules/p/template.yaml",
            "app/.aws-sam/build/template.yaml",
            "cdk.out/Stack.template.json",
            "cdk.out/assembly-Prod/Stack.template.json",
            "cdk.out/asset.0a1b/template.yaml",
            ".infra/stack.yml",
            ".hidden.yaml",
            "b/old.tf~",
            "b/.#main.tf",
            "b/main.tofu",
            "b/x.auto.tfvars.json",
            "x.tf/inner.txt",
        ]);
        let found = discover(&[dir.path().to_owned()], Path::new("/nowhere"), &Boundary::default()).expect("paths");
        assert_eq!(names(&found.modules, dir.path()), ["", "b"]);
        assert_eq!(names(&found.templates, dir.path()), [".infra/stack.yml"]);
        let found = discover(&[dir.path().join("cdk.out"), dir.path().join("app/.aws-sam")], Path::new("/nowhere"), &Boundary::default())
            .expect("paths");
        assert_eq!(
            names(&found.templates, dir.path()),
            ["app/.aws-sam/build/template.yaml", "cdk.out/Stack.template.json", "cdk.out/assembly-Prod/Stack.template.json"]
        );
        let found = discover(&[dir.path().join("cdk.out/asset.0a1b")], Path::new("/nowhere"), &Boundary::default()).expect("paths");
        assert_eq!(names(&found.templates, dir.path()), ["cdk.out/asset.0a1b/template.yaml"]);
    }

    #[test]
    fn gitignore_counts_with_and_without_a_repository() {
        let dir = tree(&["keep/a.yaml", "build/b.yaml", "sub/build/main.tf", "sub/main.tf"]);
        fs::write(dir.path().join(".gitignore"), "build/\n").expect("a file");
        let found = discover(&[dir.path().to_owned()], Path::new("/nowhere"), &Boundary::default()).expect("paths");
        assert_eq!(names(&found.templates, dir.path()), ["keep/a.yaml"]);
        assert_eq!(names(&found.modules, dir.path()), ["sub"]);
        // The .gitignore of a folder above counts inside of a repository only.
        let sub = dir.path().join("sub");
        assert_eq!(discover(std::slice::from_ref(&sub), Path::new("/nowhere"), &Boundary::default()).expect("paths").modules.len(), 2);
        fs::create_dir(dir.path().join(".git")).expect("a folder");
        assert_eq!(discover(std::slice::from_ref(&sub), Path::new("/nowhere"), &Boundary::default()).expect("paths").modules.len(), 1);
        // What is named is scanned, ignored or not.
        let found = discover(&[dir.path().join("build")], Path::new("/nowhere"), &Boundary::default()).expect("paths");
        assert_eq!(names(&found.templates, dir.path()), ["build/b.yaml"]);
    }

    #[test]
    fn files_by_name_stand_for_their_unit() {
        let dir = tree(&["m/main.tf", "m/prod.tfvars", "stack", "s.yaml"]);
        let given = ["m/main.tf", "m/prod.tfvars", "stack", "s.yaml"].map(|f| dir.path().join(f));
        let found = discover(&given, Path::new("/nowhere"), &Boundary::default()).expect("paths");
        assert_eq!(names(&found.named_modules, dir.path()), ["m"]);
        assert_eq!(names(&found.named_templates, dir.path()), ["s.yaml", "stack"]);
        assert!(
            discover(&[dir.path().join("none")], dir.path(), &Boundary::default())
                .is_err_and(|e| e.to_string().starts_with("no such file or folder: "))
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_neither_loop_nor_hide() {
        use std::os::unix::fs::symlink;
        let dir = tree(&["a/main.tf", "real.yaml"]);
        symlink(dir.path(), dir.path().join("a/loop")).expect("a link");
        symlink(dir.path().join("real.yaml"), dir.path().join("linked.yaml")).expect("a link");
        symlink(dir.path().join("gone"), dir.path().join("gone.yaml")).expect("a link");
        fs::create_dir(dir.path().join("b")).expect("a folder");
        symlink(dir.path().join("gone"), dir.path().join("b/gone.tf")).expect("a link");
        let found = discover(&[dir.path().to_owned()], Path::new("/nowhere"), &Boundary::default()).expect("paths");
        assert_eq!(names(&found.modules, dir.path()), ["a", "b"]);
        assert_eq!(names(&found.templates, dir.path()), ["linked.yaml", "real.yaml"]);
        // A link that is named is followed.
        let found = discover(&[dir.path().join("a/loop")], Path::new("/nowhere"), &Boundary::default()).expect("paths");
        assert_eq!(found.modules.len(), 2);
    }
}
