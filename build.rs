//! Collects the rules: every page `rules/<id>.md` is a rule, and `src/rules/<id>.rs` (dashes as underscores) its check.
//! So a new rule is a page, a file and its test data, and nothing to register. Likewise the models of registry modules: every folder
//! under `src/terraform/registry` with a `module.toml`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("rules.rs");
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rules");
    let mut pages: Vec<PathBuf> = fs::read_dir(root.join("rules"))
        .expect("the folder rules/")
        .map(|entry| entry.expect("an entry of rules/").path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    pages.sort();
    let mut modules = String::new();
    let mut table = String::from("pub(crate) static RULES: &[Rule] = &[\n");
    for page in &pages {
        rule(&root, page, &mut modules, &mut table);
    }
    table.push_str("];\n");
    fs::write(out, modules + &table).expect("writing rules.rs");
    registry(&root);
}

fn rule(root: &Path, page: &Path, modules: &mut String, table: &mut String) {
    let id = page.file_stem().and_then(|s| s.to_str()).expect("a UTF-8 file name");
    let text = fs::read_to_string(page).expect("a readable page");
    let front = |key: &str| -> String {
        let body =
            text.strip_prefix("---\n").and_then(|t| t.split_once("\n---\n")).unwrap_or_else(|| panic!("{id}.md has no front matter")).0;
        let line = body.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix(':'));
        line.unwrap_or_else(|| panic!("{id}.md has no `{key}`")).trim().to_owned()
    };
    let severity = match front("severity").as_str() {
        "error" => "Error",
        "warning" => "Warning",
        "note" => "Note",
        other => panic!("{id}.md: severity {other}"),
    };
    let tags: Vec<String> = front("tags").trim_matches(['[', ']']).split(',').map(|t| t.trim().to_owned()).collect();
    let module = id.replace('-', "_");
    let source = root.join("src/rules").join(format!("{module}.rs"));
    let check = if source.exists() {
        writeln!(modules, "#[path = {source:?}]\nmod {module};").expect("a String takes all");
        format!("Some({module}::check)")
    } else {
        "None".to_owned()
    };
    writeln!(
        table,
        "    Rule {{ id: {id:?}, title: {:?}, summary: {:?}, severity: Severity::{severity}, tags: &{tags:?}, security_severity: {:?}, page: include_str!({page:?}), check: {check} }},",
        front("title"),
        front("summary"),
        front("security-severity"),
    )
    .expect("a String takes all");
}

fn registry(root: &Path) {
    let base = root.join("src/terraform/registry");
    println!("cargo::rerun-if-changed=src/terraform/registry");
    let mut table = String::from("pub(super) static FOLDERS: &[Folder] = &[\n");
    folders(&base, &base, &[], &mut table);
    table.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("registry.rs");
    fs::write(out, table).expect("writing registry.rs");
}

/// A `.tf` file of a folder that is no model itself belongs to all models below it.
fn folders(base: &Path, folder: &Path, shared: &[PathBuf], table: &mut String) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    let own = entries.iter().filter(|p| p.extension().is_some_and(|e| e == "tf"));
    let files: Vec<PathBuf> = shared.iter().chain(own).cloned().collect();
    let manifest = folder.join("module.toml");
    let is_model = manifest.is_file();
    if is_model {
        let path = folder.strip_prefix(base).expect("a folder below").to_str().expect("a UTF-8 path").replace('\\', "/");
        let name = |p: &PathBuf| format!("({:?}, include_str!({p:?}))", p.file_name().expect("a file's name"));
        let files = files.iter().map(name).collect::<Vec<_>>().join(", ");
        writeln!(table, "    Folder {{ path: {path:?}, manifest: include_str!({manifest:?}), files: &[{files}] }},")
            .expect("a String takes all");
    }
    let shared = if is_model { &[][..] } else { &files };
    entries.iter().filter(|p| p.is_dir()).for_each(|p| folders(base, p, shared, table));
}
