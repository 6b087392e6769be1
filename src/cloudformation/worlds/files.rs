//! Files of parameters beside a template, each the environment that its name says.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::{add, environments};
use crate::boundary::Boundary;
use crate::cloudformation::parameter_file;
use crate::cloudformation::{SAM_TRANSFORM, transforms};
use crate::source::clean;
use crate::syntax::node::Node;
use crate::workspace::Workspace;
use crate::world::World;

/// Folders beside or above a template in which teams keep the parameters of their environments.
const FOLDERS: [&str; 9] = ["params", "parameters", "config", "configs", "env", "envs", "environments", "stages", "configuration"];

/// Parts of file names that name no environment.
const WORDS: [&str; 8] = ["params", "param", "parameters", "parameter", "config", "configuration", "template", "cfn"];

/// What larger files hold is no list of parameters.
const MAX_BYTES: u64 = 1 << 20;

/// The environments of the `samconfig.toml` beside a template, and of the files whose keys are all parameters of it. Sorted by name.
pub(super) fn found(template: &Path, tree: &Node, names: &HashSet<&str>, workspace: &Workspace) -> Vec<World> {
    let mut worlds: BTreeMap<String, World> = BTreeMap::new();
    if transforms(tree).contains(&SAM_TRANSFORM) {
        for environment in environments(template, workspace) {
            let world = worlds.entry(environment.name.to_string()).or_default();
            add(world, environment.parameters, names);
        }
    }
    for path in candidates(template, &workspace.sources.boundary) {
        let Some(name) = environment(&path, template) else { continue };
        let small = workspace.sources.boundary.size(&path).is_some_and(|size| size <= MAX_BYTES);
        if !small || is_of_another(&path, template, workspace) {
            continue;
        }
        let given = parameter_file::read(&path, &name, workspace).unwrap_or_default();
        if !given.is_empty() && given.iter().all(|given| names.contains(given.name.as_str())) {
            let world = worlds.entry(name).or_default();
            world.parameter_files.push(path);
            add(world, given, names);
        }
    }
    worlds.into_iter().map(|(name, world)| World { name: name.into(), ..world }).collect()
}

/// Files that may hold parameters, by their names alone.
fn candidates(template: &Path, boundary: &Boundary) -> Vec<PathBuf> {
    let folder = template.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stem = stem(template);
    let mut out: Vec<PathBuf> = listed(folder, boundary);
    // Beside the template, only what is named for it or for parameters.
    out.retain(|path| path != template && (words(&self::stem(path)).iter().any(|word| is_word(word)) || own(&self::stem(path), &stem)));
    for name in FOLDERS {
        for place in [folder.join(name), folder.join("..").join(name)] {
            let place = clean(&place);
            out.extend(listed(&place, boundary));
            let below = boundary.entries(&place).unwrap_or_default();
            let folders = below.iter().filter(|path| boundary.is_dir(path));
            out.extend(folders.flat_map(|folder| listed(folder, boundary)));
        }
    }
    let mut seen = HashSet::new();
    out.retain(|path| seen.insert(path.clone()));
    out
}

/// Whether a file is named for another template in the same folder.
fn is_of_another(path: &Path, template: &Path, workspace: &Workspace) -> bool {
    let folder = template.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (name, this) = (stem(path), stem(template));
    let closer = |other: &str| other != this && own(&name, other) && (!own(&name, &this) || own(other, &this));
    let is_template = |path: &Path| {
        let tree = workspace.may_read(path).then(|| workspace.tree(path));
        tree.is_some_and(|tree| tree.node.as_ref().is_some_and(|node| node.get("Resources").is_some()))
    };
    listed(folder, &workspace.sources.boundary).iter().any(|other| other != path && closer(&stem(other)) && is_template(other))
}

fn listed(folder: &Path, boundary: &Boundary) -> Vec<PathBuf> {
    let entries = boundary.entries(folder).unwrap_or_default();
    let known = |path: &PathBuf| path.extension().and_then(|e| e.to_str()).is_some_and(|e| matches!(e, "json" | "yaml" | "yml"));
    let files = entries.iter().filter(|path| known(path) && !path.to_string_lossy().ends_with(".tfvars.json"));
    files.map(|file| clean(file)).collect()
}

/// The environment that a file is for: what its name says beside the template's own name and words for parameters, else its
/// folder's.
fn environment(path: &Path, template: &Path) -> Option<String> {
    let (name, of) = (stem(path), stem(template));
    let rest = if own(&name, &of) { name.replacen(&of, "", 1) } else { name };
    let rest: Vec<String> = words(&rest).into_iter().filter(|word| !is_word(word)).collect();
    let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = match rest.is_empty() {
        false => rest.join("-"),
        true if path.parent() == template.parent() || FOLDERS.contains(&folder.as_str()) => "parameters".to_owned(),
        true => folder,
    };
    let example = ["example", "sample"].iter().any(|word| name.contains(word));
    (!example && !name.contains('=')).then_some(name)
}

/// Whether a name starts or ends with the template's, as `api.dev` and `dev-api` do.
fn own(name: &str, template: &str) -> bool {
    let apart = |rest: &str, edge: fn(&str) -> Option<char>| rest.is_empty() || edge(rest).is_some_and(|c| "-_.".contains(c));
    !template.is_empty()
        && (name.strip_prefix(template).is_some_and(|rest| apart(rest, |r| r.chars().next()))
            || name.strip_suffix(template).is_some_and(|rest| apart(rest, |r| r.chars().next_back())))
}

fn words(name: &str) -> Vec<String> {
    name.split(['-', '_', '.']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn is_word(word: &str) -> bool {
    WORDS.contains(&word.to_lowercase().as_str())
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_by_name() {
        let of = |path: &str| environment(Path::new(path), Path::new("infra/api.yaml"));
        assert_eq!(of("infra/api.dev.json").as_deref(), Some("dev"));
        assert_eq!(of("infra/dev.params.json").as_deref(), Some("dev"));
        assert_eq!(of("infra/params/prod.json").as_deref(), Some("prod"));
        assert_eq!(of("infra/params/prod-api.json").as_deref(), Some("prod"));
        assert_eq!(of("infra/config/stage/parameters.json").as_deref(), Some("stage"));
        assert_eq!(of("infra/config/stage/api.json").as_deref(), Some("stage"));
        assert_eq!(of("infra/parameters.json").as_deref(), Some("parameters"));
        assert_eq!(of("infra/params/eu_prod.json").as_deref(), Some("eu-prod"));
        assert_eq!(of("infra/params/example.json"), None);
    }
}
