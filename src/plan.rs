//! Which of the things found are scan units: the root modules among the folders of Terraform files, and the units that files
//! given by name belong to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::boundary::{Boundary, git_top};
use crate::discover::{self, Discovery};
use crate::source::{MAX_TEMPLATE_BYTES, clean};

/// What is to be resolved. Every list is sorted.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Root modules.
    pub modules: Vec<PathBuf>,
    /// Files that may be templates.
    pub templates: Vec<PathBuf>,
    /// Files that may be templates which nest one that was given by name; they count only where they do.
    pub callers: Vec<PathBuf>,
}

/// Whom a folder of Terraform files calls.
type Calls<'a> = &'a (dyn Fn(&Path) -> Vec<PathBuf> + Sync);

/// Tells roots from called modules. `calls` gives the folders that a module calls by a local path.
pub fn plan(found: &Discovery, boundary: &Boundary, calls: Calls<'_>) -> Plan {
    let mut graph = CallGraph { boundary: boundary.clone(), calls: BTreeMap::new() };
    graph.add(found.modules.iter().cloned().collect(), calls);
    let mut modules: BTreeSet<PathBuf> = graph.roots(&found.modules).into_iter().collect();
    let around = Surroundings::of(found, boundary);
    if !found.named_modules.is_empty() {
        graph.add(found.named_modules.iter().chain(&around.modules).cloned().collect(), calls);
        modules.extend(graph.roots(&graph.callers_of(&found.named_modules)));
    }
    let templates = found.templates.union(&found.named_templates).cloned().collect();
    let callers = around.templates_that_nest(&found.named_templates, boundary);
    Plan { modules: modules.into_iter().collect(), templates, callers }
}

/// Of what calls each other, what nobody calls; of a ring that nobody else calls, the first.
pub fn roots(calls: BTreeMap<PathBuf, Vec<PathBuf>>) -> BTreeSet<PathBuf> {
    let all = calls.keys().cloned().collect();
    CallGraph { calls, ..CallGraph::default() }.roots(&all).into_iter().collect()
}

/// Which folder calls which.
#[derive(Default)]
struct CallGraph {
    boundary: Boundary,
    calls: BTreeMap<PathBuf, Vec<PathBuf>>,
}

impl CallGraph {
    /// Adds folders, and all that calls from them lead to.
    fn add(&mut self, folders: Vec<PathBuf>, calls: Calls<'_>) {
        let mut next: BTreeSet<PathBuf> = folders.into_iter().filter(|f| !self.calls.contains_key(f)).collect();
        while !next.is_empty() {
            let made: Vec<(PathBuf, Vec<PathBuf>)> = next
                .into_par_iter()
                .map(|folder| {
                    let called = if has_terraform(&folder, &self.boundary) { calls(&folder) } else { Vec::new() };
                    (folder, called.iter().map(|c| clean(c)).collect())
                })
                .collect();
            made.iter().for_each(|(folder, called)| self.let_be_read(folder, called));
            next = made.iter().flat_map(|(_, called)| called).cloned().collect();
            self.calls.extend(made);
            next.retain(|folder| !self.calls.contains_key(folder));
        }
    }

    /// Outside of a repository nothing says where a project ends: the modules that it calls by their paths belong to it.
    fn let_be_read(&self, folder: &Path, called: &[PathBuf]) {
        if !called.is_empty() && self.boundary.ends_unknown(folder) {
            called.iter().filter(|callee| !self.boundary.permits(callee)).for_each(|callee| self.boundary.allow_modules(callee));
        }
    }

    fn called(&self, folder: &Path) -> &[PathBuf] {
        self.calls.get(folder).map_or(&[], Vec::as_slice)
    }

    /// The folders of `set` that no other one of it calls; of a ring that nobody else calls, the first by name.
    fn roots(&self, set: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
        let called: BTreeSet<&PathBuf> =
            set.iter().flat_map(|caller| self.called(caller).iter().filter(move |callee| *callee != caller)).collect();
        let mut roots: Vec<PathBuf> = set.iter().filter(|folder| !called.contains(folder)).cloned().collect();
        let mut reached = BTreeSet::new();
        roots.iter().for_each(|root| self.reach(root, &mut reached));
        for folder in set {
            if !reached.contains(folder) {
                self.reach(folder, &mut reached);
                roots.push(folder.clone());
            }
        }
        roots
    }

    fn reach(&self, from: &Path, reached: &mut BTreeSet<PathBuf>) {
        let mut stack = vec![from.to_owned()];
        while let Some(folder) = stack.pop() {
            stack.extend(self.called(&folder).iter().filter(|c| !reached.contains(*c)).cloned());
            reached.insert(folder);
        }
    }

    /// These folders and all from which calls lead to them.
    fn callers_of(&self, folders: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
        let mut callers: BTreeMap<&PathBuf, Vec<&PathBuf>> = BTreeMap::new();
        for (caller, called) in &self.calls {
            called.iter().for_each(|callee| callers.entry(callee).or_default().push(caller));
        }
        let mut found = BTreeSet::new();
        let mut stack: Vec<&PathBuf> = folders.iter().collect();
        while let Some(folder) = stack.pop() {
            if found.insert(folder.clone()) {
                stack.extend(callers.get(folder).into_iter().flatten());
            }
        }
        found
    }
}

fn has_terraform(folder: &Path, boundary: &Boundary) -> bool {
    let entries = boundary.entries(folder).unwrap_or_default();
    entries.iter().filter_map(|entry| entry.file_name()).any(discover::is_terraform_file)
}

/// What stands in the repositories of files given by name. Whoever commits one file of a module means the stack that it is
/// deployed in: the permission that the module lacks may stand in its caller.
#[derive(Default)]
struct Surroundings {
    modules: BTreeSet<PathBuf>,
    templates: BTreeSet<PathBuf>,
}

impl Surroundings {
    fn of(found: &Discovery, boundary: &Boundary) -> Surroundings {
        let mut tops = BTreeSet::new();
        let folders = found.named_modules.iter().map(PathBuf::as_path);
        let files = found.named_templates.iter().filter_map(|file| file.parent());
        for folder in folders.chain(files) {
            tops.extend(top_of(folder));
        }
        let mut all = Discovery::default();
        tops.iter().for_each(|top| discover::walk(top, boundary, &mut all));
        Surroundings { modules: all.modules, templates: all.templates }
    }

    /// The templates that may nest one of these: they hold its file name and a nested stack.
    fn templates_that_nest(&self, children: &BTreeSet<PathBuf>, boundary: &Boundary) -> Vec<PathBuf> {
        let mut found = children.clone();
        loop {
            let more = self.nesting(&found, boundary);
            if more.is_empty() {
                return found.difference(children).cloned().collect();
            }
            found.extend(more);
        }
    }

    fn nesting(&self, children: &BTreeSet<PathBuf>, boundary: &Boundary) -> Vec<PathBuf> {
        if children.is_empty() {
            return Vec::new();
        }
        let names: BTreeSet<&str> = children.iter().filter_map(|c| c.file_name()?.to_str()).collect();
        let nests = |path: &&PathBuf| {
            // What is larger than a template can be need not be read.
            let bytes = boundary.bytes(path, MAX_TEMPLATE_BYTES).ok();
            let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else { return false };
            (text.contains("AWS::CloudFormation::Stack") || text.contains("AWS::Serverless::Application"))
                && names.iter().any(|name| text.contains(name))
        };
        self.templates.par_iter().filter(nests).filter(|path| !children.contains(*path)).cloned().collect()
    }
}

/// The top of the git repository around a folder, spelt as the folder is (relative stays relative).
fn top_of(folder: &Path) -> Option<PathBuf> {
    let real = folder.canonicalize().ok()?;
    let top = git_top(&real)?;
    let depth = real.strip_prefix(top).ok()?.components().count();
    let mut shown = folder.to_owned();
    for _ in 0..depth {
        shown.push("..");
    }
    // Where links make the two spellings differ, the canonical one holds.
    let shown = clean(&shown);
    Some(if shown.canonicalize().is_ok_and(|s| s == top) { shown } else { top.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Folders with one file each that names what it calls, one a line.
    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        for (file, text) in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, text).expect("a file");
        }
        dir
    }

    fn calls(folder: &Path) -> Vec<PathBuf> {
        fs::read_to_string(folder.join("main.tf")).unwrap_or_default().lines().map(|line| folder.join(line)).collect()
    }

    fn planned(dir: &Path, given: &[&str]) -> (Vec<String>, Vec<String>) {
        let paths: Vec<PathBuf> = given.iter().map(|g| dir.join(g)).collect();
        let boundary = Boundary::around(paths.iter().map(PathBuf::as_path));
        let plan = plan(&discover::discover(&paths, Path::new("/nowhere"), &boundary).expect("paths"), &boundary, &calls);
        let short = |paths: &[PathBuf]| paths.iter().map(|p| p.strip_prefix(dir).unwrap_or(p).display().to_string()).collect();
        (short(&plan.modules), short(&plan.callers))
    }

    #[test]
    fn a_module_that_another_calls_is_no_root() {
        let dir = tree(&[
            ("main.tf", "./modules/a\n./modules/b\n."),
            ("modules/a/main.tf", "../b"),
            ("modules/b/main.tf", ""),
            ("modules/alone/main.tf", ""),
            ("examples/x/main.tf", "../../modules/a"),
        ]);
        assert_eq!(planned(dir.path(), &["."]).0, ["", "examples/x", "modules/alone"]);
        assert_eq!(planned(dir.path(), &["modules"]).0, ["modules/a", "modules/alone"]);
    }

    #[test]
    fn a_ring_has_a_root() {
        let dir =
            tree(&[("a/main.tf", "../b"), ("b/main.tf", "../c"), ("c/main.tf", "../b"), ("d/main.tf", "../e"), ("e/main.tf", "../d")]);
        assert_eq!(planned(dir.path(), &["."]).0, ["a", "d"]);
    }

    #[test]
    fn a_named_file_stands_for_the_roots_that_reach_it() {
        let files = [
            ("envs/prod/main.tf", "../../m/a"),
            ("envs/dev/main.tf", "../../m/a"),
            ("m/a/main.tf", "../b"),
            ("m/b/main.tf", ""),
            ("o/main.tf", ""),
        ];
        let dir = tree(&files);
        // Outside of a repository there is no telling how far to look.
        assert_eq!(planned(dir.path(), &["m/b/main.tf"]).0, ["m/b"]);
        fs::create_dir(dir.path().join(".git")).expect("a folder");
        assert_eq!(planned(dir.path(), &["m/b/main.tf"]).0, ["envs/dev", "envs/prod"]);
        assert_eq!(planned(dir.path(), &["m/b/main.tf", "o"]).0, ["envs/dev", "envs/prod", "o"]);
        assert_eq!(planned(dir.path(), &["envs/dev/main.tf"]).0, ["envs/dev"]);
    }

    #[test]
    fn a_named_template_brings_those_that_nest_it() {
        let nest = "Type: AWS::CloudFormation::Stack\nTemplateURL: ./child.yaml";
        let dir = tree(&[("parent.yaml", nest), ("child.yaml", ""), ("other.yaml", "child.yaml"), (".git/x", "")]);
        assert_eq!(planned(dir.path(), &["child.yaml"]).1, ["parent.yaml"]);
        assert!(planned(dir.path(), &["."]).1.is_empty());
    }

    #[test]
    fn modules_outside_may_be_read_where_they_are_called() {
        let dir = tree(&[("root/main.tf", "../shared\n../nothing\n../data"), ("shared/main.tf", ""), ("data/secret.txt", "")]);
        let root = dir.path().join("root");
        let boundary = Boundary::around([root.as_path()]);
        let found = discover::discover(std::slice::from_ref(&root), Path::new("/nowhere"), &boundary).expect("paths");
        plan(&found, &boundary, &calls);
        assert!(boundary.is_file(&dir.path().join("shared/main.tf")));
        assert!(!boundary.permits(&dir.path().join("data/secret.txt")));
        // In a repository its top is the end.
        fs::create_dir(dir.path().join("root/.git")).expect("a folder");
        let boundary = Boundary::around([root.as_path()]);
        plan(&found, &boundary, &calls);
        assert!(!boundary.permits(&dir.path().join("shared/main.tf")));
    }
}
