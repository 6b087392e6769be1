//! The environments of a root module: files with values of its variables that Terraform does not read by itself, or else what its code says
//! of its variables and its workspace.

pub(super) mod terms;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::VariableFile;
use super::module_source::ModuleSource;
use super::variables::automatic_files;
use crate::discover::is_terraform_file;
use crate::options::{GivenVariables, WorldSearch};
use crate::source::clean;
use crate::syntax::hcl::ast::Expr;
use crate::value::Str;
use crate::workspace::Workspace;
use crate::world::{World, Worlds, combine};

/// Folders beside or below a root module in which teams keep the values of their environments.
const FOLDERS: [&str; 12] = [
    "env",
    "envs",
    "environment",
    "environments",
    "vars",
    "variables",
    "tfvars",
    "config",
    "configs",
    "configuration",
    "stages",
    "workspaces",
];

/// Files with values for every environment: read before those of each.
const COMMON: [&str; 9] = ["common", "global", "globals", "shared", "base", "default", "defaults", "all", "terraform"];

/// Words that show that a file is there to be copied.
const EXAMPLES: [&str; 3] = ["example", "sample", "template"];

/// The environments that the user names and whose files fit the module, else those that are found beside it, if they are to be
/// looked for. Sorted by name, where they are found.
pub fn worlds(root: &Path, workspace: &Workspace) -> Worlds {
    let options = &workspace.options;
    // Who gives a file of variables has chosen the environment.
    let chosen = !options.variable_files.is_empty() || options.variables.iter().any(|given| matches!(given, GivenVariables::File(_)));
    if options.worlds.is_empty() && options.search == WorldSearch::None {
        return Worlds::default();
    }
    let root = clean(root);
    let source = ModuleSource::load(&root, workspace);
    if options.worlds.is_empty() {
        let named = if chosen || options.search != WorldSearch::Auto { Vec::new() } else { found(&root, &source, workspace) };
        return if named.is_empty() { spoken_of(&root, &source, workspace) } else { Worlds::named(named) };
    }
    let named = options.worlds.iter().map(|(name, files)| {
        let files: Vec<PathBuf> = files.iter().filter(|file| is_variable_file(file)).cloned().collect();
        (name.clone(), files)
    });
    let fits = |(_, files): &(Str, Vec<PathBuf>)| files.iter().any(|file| fit(file, &source, workspace) != Fit::No);
    // Whoever names more than a few worlds wants them all.
    let all: Vec<World> = named.filter(fits).map(|(name, files)| world(name, files, workspace)).collect();
    if all.is_empty() { Worlds::default() } else { Worlds { all, ..Worlds::default() } }
}

/// The combinations of what the code speaks of.
fn spoken_of(root: &Path, source: &ModuleSource, workspace: &Workspace) -> Worlds {
    let options = &workspace.options;
    let files: Vec<PathBuf> =
        automatic_files(root, &workspace.sources.boundary).into_iter().chain(options.all_variable_files().cloned()).collect();
    let mut given: HashSet<Str> = HashSet::new();
    let mut maps: HashMap<Str, terms::Keys> = HashMap::new();
    for file in &files {
        if let Ok((_, body, _)) = &*VariableFile::load(file, workspace) {
            given.extend(body.attributes.iter().map(|attribute| attribute.name.clone()));
            maps.extend(terms::maps(body));
        }
    }
    let values =
        options.variables.iter().filter_map(|given| if let GivenVariables::Value(name, _) = given { Some(name.clone()) } else { None });
    given.extend(values);
    let is_given = |name: &str| match name.strip_prefix("var.") {
        Some(variable) => given.contains(variable),
        None => options.workspace.is_some(),
    };
    combine(terms::of(source, &is_given, &|name| maps.get(name).cloned()), World::default())
}

/// Whether a file has values of Terraform variables, by its name: `.json` may be either language's.
fn is_variable_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "tfvars" || extension == "json" || extension == "hcl")
}

fn world(name: Str, variable_files: Vec<PathBuf>, workspace: &Workspace) -> World {
    let mut texts: Vec<(Str, Str)> = Vec::new();
    for file in &variable_files {
        if let Ok((_, body, _)) = &*VariableFile::load(file, workspace) {
            texts.extend(body.attributes.iter().filter_map(|a| Some((a.name.clone(), Expr::as_str(&a.value)?.into()))));
        }
    }
    World { name, variable_files, texts, ..World::default() }
}

/// How well a file fits a module.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// It sets none of its variables.
    No,
    /// It sets some of them, but more that the module does not have.
    Partly,
    /// It is the module's.
    Yes,
}

fn fit(path: &Path, source: &ModuleSource, workspace: &Workspace) -> Fit {
    let file = VariableFile::load(path, workspace);
    let Ok((_, body, errors)) = &*file else { return Fit::No };
    let known = body.attributes.iter().filter(|a| source.variables.contains_key(&a.name)).count();
    match known {
        // What cannot be read belongs to whoever it stands beside: the mistake has to be told.
        0 if body.attributes.is_empty() && !errors.is_empty() => Fit::Partly,
        0 => Fit::No,
        _ if known * 2 >= body.attributes.len() => Fit::Yes,
        _ => Fit::Partly,
    }
}

/// Searches the module's folder, folders of environments below and beside it, and their folders.
fn found(root: &Path, source: &ModuleSource, workspace: &Workspace) -> Vec<World> {
    let mut worlds: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let within = |file: &PathBuf| fit(file, source, workspace) != Fit::No;
    let beside = |file: &PathBuf| fit(file, source, workspace) == Fit::Yes;
    in_folder(root, true, &within, workspace, &mut worlds);
    // `dev/terraform.tfvars` below the root itself.
    for folder in folders(root, workspace) {
        if !FOLDERS.contains(&name_of(&folder).as_str()) {
            in_environment(&folder, &[], &within, workspace, &mut worlds);
        }
    }
    for name in FOLDERS {
        in_folder_of_environments(&root.join(name), &within, workspace, &mut worlds);
        in_folder_of_environments(&clean(&root.join("..").join(name)), &beside, workspace, &mut worlds);
    }
    worlds.into_iter().map(|(name, files)| world(name.into(), files, workspace)).collect()
}

type Fits<'a> = &'a dyn Fn(&PathBuf) -> bool;

fn in_folder_of_environments(folder: &Path, fits: Fits<'_>, workspace: &Workspace, worlds: &mut BTreeMap<String, Vec<PathBuf>>) {
    if holds_configuration(folder, workspace) {
        return;
    }
    let common = in_folder(folder, false, fits, workspace, worlds);
    folders(folder, workspace).iter().for_each(|environment| in_environment(environment, &common, fits, workspace, worlds));
}

/// The files of a folder, each an environment by its stem; common ones come before each of the others, and are returned.
fn in_folder(
    folder: &Path,
    is_root: bool,
    fits: Fits<'_>,
    workspace: &Workspace,
    worlds: &mut BTreeMap<String, Vec<PathBuf>>,
) -> Vec<PathBuf> {
    let automatic = |stem: &str| is_root && (stem == "terraform" || stem.ends_with(".auto"));
    let files = variable_files(folder, workspace).into_iter().filter(|(stem, file)| !automatic(stem) && fits(file));
    let (common, own): (Vec<_>, Vec<_>) = files.partition(|(stem, _)| COMMON.contains(&stem.to_lowercase().as_str()));
    let common: Vec<PathBuf> = common.into_iter().map(|(_, file)| file).collect();
    for (stem, file) in own {
        worlds.entry(stem).or_insert_with(|| common.clone()).push(file);
    }
    common
}

/// The files of a folder that is one environment.
fn in_environment(folder: &Path, common: &[PathBuf], fits: Fits<'_>, workspace: &Workspace, worlds: &mut BTreeMap<String, Vec<PathBuf>>) {
    // A folder with configuration is a module of its own, which reads its files by itself.
    let name = name_of(folder);
    if name.contains('=') || holds_configuration(folder, workspace) {
        return;
    }
    let files: Vec<PathBuf> = variable_files(folder, workspace).into_iter().map(|(_, file)| file).filter(fits).collect();
    if !files.is_empty() {
        worlds.entry(name).or_insert_with(|| common.to_vec()).extend(files);
    }
}

/// The `*.tfvars` and `*.tfvars.json` files of a folder by stem, sorted, `terraform.tfvars` first.
fn variable_files(folder: &Path, workspace: &Workspace) -> Vec<(String, PathBuf)> {
    let stem = |name: &str| name.strip_suffix(".tfvars").or(name.strip_suffix(".tfvars.json")).map(str::to_owned);
    let usable = |stem: &String| {
        let lower = stem.to_lowercase();
        !stem.is_empty() && !stem.starts_with('.') && !stem.contains('=') && !EXAMPLES.iter().any(|word| lower.contains(word))
    };
    let entries = workspace.sources.boundary.entries(folder).unwrap_or_default();
    let readable = |path: &PathBuf| workspace.sources.boundary.is_file(path);
    let mut files: Vec<(String, PathBuf)> = entries
        .into_iter()
        .filter_map(|path| Some((stem(&name_of(&path)).filter(usable)?, path)))
        .filter(|(_, path)| readable(path))
        .collect();
    files.sort_by_key(|(stem, path)| (stem != "terraform", path.clone()));
    files
}

fn folders(folder: &Path, workspace: &Workspace) -> Vec<PathBuf> {
    let mut folders = workspace.sources.boundary.entries(folder).unwrap_or_default();
    folders.retain(|path| !name_of(path).starts_with('.') && workspace.sources.boundary.is_dir(path));
    folders
}

fn holds_configuration(folder: &Path, workspace: &Workspace) -> bool {
    let entries = workspace.sources.boundary.entries(folder).unwrap_or_default();
    entries.iter().filter_map(|entry| entry.file_name()).any(is_terraform_file)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
