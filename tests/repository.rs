//! What must hold of the repository itself: every rule has its page, row and cases, and the README tells the truth.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use iacscan::report::PROJECT_URL;
use iacscan::rules::{self, Rule};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The tool's standard output, run in the repository.
fn run(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_iacscan")).args(arguments).current_dir(root()).output().expect("the tool runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The table of rules and the excerpt of output are made from the tool: `UPDATE_README=1 cargo test --test repository` writes
/// them anew.
#[test]
fn the_readme_s_rules_and_output_are_real() {
    let readme = read("README.md");
    let expected = between(&readme, "|---|---|---|\n", "\n\n", &rule_rows());
    let expected = between(&expected, "```text\n", "\n```", &excerpt());
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(root().join("README.md"), expected).expect("a writable README");
    } else {
        assert!(readme == expected, "README.md is out of date: UPDATE_README=1 cargo test --test repository");
    }
}

/// The text with what stands between the first `start` and the next `end` replaced.
fn between(text: &str, start: &str, end: &str, replacement: &str) -> String {
    let (before, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start:?}"));
    let (_, after) = rest.split_once(end).unwrap_or_else(|| panic!("no {end:?} after {start:?}"));
    format!("{before}{start}{replacement}{end}{after}")
}

fn rule_rows() -> String {
    let row = |rule: &Rule| format!("| [`{0}`](rules/{0}.md) | {1} | {2} |", rule.id, rule.severity.name(), rule.summary);
    rules::all().iter().map(row).collect::<Vec<_>>().join("\n")
}

/// What the demo prints on its Terraform module.
fn excerpt() -> String {
    let output = run(&["--fail-on", "never", "--quiet", "testdata/demo/shop-api"]);
    output.trim_end().to_owned()
}

#[test]
fn every_page_has_its_parts() {
    for rule in rules::all() {
        let page = rule.markdown();
        assert!(page.starts_with(&format!("# {}\n", rule.id)), "{}: the first heading is the rule's id", rule.id);
        for part in ["What it finds", "How to fix"] {
            assert!(page.contains(&format!("\n## {part}\n")), "{}: no part \"{part}\"", rule.id);
        }
        if rule.is_checked() {
            for part in ["Why it breaks", "Example", "References"] {
                assert!(page.contains(&format!("\n## {part}\n")), "{}: no part \"{part}\"", rule.id);
            }
        }
        let severity = rule.security_severity;
        assert!(severity.is_empty() || severity.parse().is_ok_and(|s: f64| (0.1..=10.0).contains(&s)), "{}: {severity}", rule.id);
    }
}

/// Ids are stable for ever, for configurations and suppressions name them.
#[test]
fn every_id_is_listed_with_its_version() {
    let ids = rules::ids::ids();
    let version = |text: &str| -> Vec<u32> { text.split('.').map(|n| n.parse().unwrap_or_else(|e| panic!("{text}: {e}"))).collect() };
    let this = version(env!("CARGO_PKG_VERSION"));
    for rule in rules::all() {
        assert!(ids.since.contains_key(rule.id), "rules/ids.toml does not list {}", rule.id);
        assert!(!ids.removed.contains_key(rule.id), "{} is removed and has a page", rule.id);
    }
    for (id, since) in &ids.since {
        assert!(rules::by_id(id).is_some() || ids.removed.contains_key(id), "{id} has neither a page nor an entry of what replaces it");
        assert!(version(since) <= this, "{id}: {since} is yet to come");
    }
    for (id, removed) in &ids.removed {
        let since = ids.since.get(id).unwrap_or_else(|| panic!("{id} is removed and not listed"));
        assert!(version(since) < version(&removed.version) && version(&removed.version) <= this, "{id}: {}", removed.version);
        assert!(!removed.why.is_empty(), "{id}: why?");
        let gone = removed.instead.iter().find(|other| rules::by_id(other).is_none());
        assert!(gone.is_none(), "{id} is replaced by {gone:?}, which is no rule");
    }
}

#[test]
fn every_rule_has_a_bad_and_a_good_case() {
    for rule in rules::all().iter().filter(|rule| rule.is_checked()) {
        let cases = fs::read_dir(root().join("testdata/rules").join(rule.id)).into_iter().flatten().flatten();
        let expected: Vec<String> = cases.filter_map(|case| fs::read_to_string(case.path().join("expected")).ok()).collect();
        let finds = |text: &String| text.lines().any(|line| !line.starts_with("undecided "));
        assert!(expected.iter().any(finds), "{}: no case with a finding", rule.id);
        assert!(expected.iter().any(|text| !finds(text)), "{}: no case without a finding", rule.id);
    }
}

/// Rules that have no place in the parity suite, each with the reason.
const ONE_LANGUAGE_ONLY: [(&str, &str); 0] = [];

#[test]
fn every_rule_finds_the_same_in_every_spelling() {
    let folders = fs::read_dir(root().join("testdata/parity")).expect("testdata/parity").flatten();
    let expected: Vec<String> = folders.filter_map(|case| fs::read_to_string(case.path().join("expected")).ok()).collect();
    for rule in rules::all().iter().filter(|rule| rule.is_checked()) {
        let finds = |text: &String| text.lines().any(|line| !line.starts_with("undecided ") && line.ends_with(&format!(" {}", rule.id)));
        let (found, excused) = (expected.iter().any(finds), ONE_LANGUAGE_ONLY.iter().any(|(id, _)| *id == rule.id));
        assert!(found != excused, "{}: a case with a finding in testdata/parity, or a reason why there can be none", rule.id);
    }
}

#[test]
fn every_case_belongs_to_a_rule() {
    for folder in fs::read_dir(root().join("testdata/rules")).expect("testdata/rules").flatten() {
        let name = folder.file_name().to_string_lossy().into_owned();
        assert!(rules::by_id(&name).is_some(), "testdata/rules/{name} is of no rule");
    }
}

#[test]
fn the_readme_lists_every_option() {
    let named = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
        let mut options: Vec<String> =
            words.filter(|word| word.starts_with("--") && !word.starts_with("---") && word.len() > 2).map(str::to_owned).collect();
        options.sort();
        options.dedup();
        options
    };
    let readme = read("README.md");
    let (_, rest) = readme.split_once("## Options").expect("the options");
    let (section, _) = rest.split_once("### Commands").expect("their end");
    let mut help = named(&run(&["--help"]));
    help.retain(|option| !matches!(option.as_str(), "--help" | "--version"));
    assert_eq!(named(section), help);
}

#[test]
fn the_readme_s_commands_are_checked() {
    let (readme, script) = (read("README.md"), read(".ci/run"));
    let (_, rest) = readme.split_once("## Try it").expect("the commands");
    let block = rest.split("```").nth(1).expect("a block of commands");
    for command in block.lines().filter(|line| line.starts_with("cargo ")) {
        let command = command.split('#').next().unwrap_or_default().trim();
        let checked = script.lines().any(|line| line.replace(" --locked", "").trim() == command);
        assert!(checked, ".ci/run does not run `{command}`");
    }
}

#[test]
fn the_project_s_address_is_that_of_the_manifest() {
    for path in ["README.md", ".pre-commit-hooks.yaml", ".github/workflows/ci.yml", "docs/json.md"] {
        let text = read(path);
        let urls = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '<' | '>')).filter(|word| word.contains("://"));
        for url in urls.filter(|url| url.contains("iacscan")) {
            assert!(url.starts_with(PROJECT_URL), "{path}: {url} is not under {PROJECT_URL}");
        }
    }
}

#[test]
fn the_readme_s_links_lead_somewhere() {
    let readme = read("README.md");
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let missing: Vec<&str> =
        links.filter(|link| !link.contains("://") && !link.starts_with('#') && !PathBuf::from(root()).join(link).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_pages_links_lead_somewhere() {
    for rule in rules::all() {
        let links = rule.markdown().split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let files = links.filter(|link| !link.contains("://")).filter_map(|link| link.split('#').next()).filter(|file| !file.is_empty());
        let missing: Vec<&str> = files.filter(|file| !root().join("rules").join(file).exists()).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", rule.id);
    }
}

/// What opens files, lists folders, runs programs or talks to others, and the files of the source that may, each for its reason.
const REACHING_OUT: [(&str, &[&str]); 6] = [
    ("std::fs", &["boundary.rs", "output.rs", "settings.rs", "discover/mod.rs", "discover/walk.rs", "report/place.rs"]),
    ("fs::File;", &["boundary.rs", "output.rs"]),
    ("read_dir", &["boundary.rs"]),
    ("process::Command", &[]),
    ("TcpStream", &[]),
    ("UnixStream", &[]),
];

/// Every file that a scan reads is opened in `boundary.rs`: nothing else can be led out of the project. `settings.rs` and `discover`
/// ask only whether something is there.
#[test]
fn only_the_boundary_opens_files() {
    let mut wrong = Vec::new();
    for file in sources(&root().join("src")) {
        let name = file.strip_prefix(root().join("src")).expect("below src").to_string_lossy().replace('\\', "/");
        // A crate's own tests make files.
        if name.contains("tests/") || name.ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).expect("UTF-8");
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            let reaches = REACHING_OUT.iter().filter(|(word, allowed)| line.contains(word) && !allowed.contains(&name.as_str()));
            wrong.extend(reaches.map(|(word, _)| format!("src/{name}:{}: `{word}`: use the boundary", number + 1)));
        }
        let opens = ["fs::read", "fs::read_to_string", "OpenOptions", "File::open", "File::create"].iter().any(|word| text.contains(word));
        if opens && !["boundary.rs", "output.rs"].contains(&name.as_str()) {
            wrong.push(format!("src/{name} opens a file: use the boundary"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let inside = |path: PathBuf| if path.is_dir() { sources(&path) } else { vec![path] };
    entries.flat_map(inside).filter(|path| path.extension().is_some_and(|e| e == "rs")).collect()
}
