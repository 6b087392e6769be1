//! Every case under `testdata/rules/<rule>/<case>/` is a test of its own that runs that one rule, and every folder under
//! `testdata/parity/` one that runs every rule over the same infrastructure in all formats.
//!
//! `expected` beside a case has a line per finding, `file:line severity rule address`, and a line per undecided check,
//! `undecided rule address`, sorted; an empty file means silence. `options` beside it may say where the case is deployed to:
//! `region …` and `account-id …`, one a line. With `UPDATE_EXPECTED` set, `expected` is written: read its diff.

use std::fs;
use std::path::{Path, PathBuf};

use iacscan::internals::{self, Graph};
use iacscan::internals::{cloudformation, terraform};
use iacscan::options::ResolveOptions;
use iacscan::rules::{self, Rule, Sink};
use iacscan::scan::{self, Progress, ScanOptions};
use iacscan::unit::Unit;
use iacscan::workspace::Workspace;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut trials = Vec::new();
    for rule_dir in folders(&root.join("rules")) {
        let id = name(&rule_dir);
        for case in folders(&rule_dir) {
            let (id, title) = (id.clone(), format!("{id}::{}", name(&case)));
            trials.push(Trial::test(title, move || run_case(&id, &case)));
        }
    }
    for case in folders(&root.join("parity")) {
        trials.push(Trial::test(format!("parity::{}", name(&case)), move || run_parity(&case)));
    }
    for case in folders(&root.join("clean")) {
        trials.push(Trial::test(format!("clean::{}", name(&case)), move || run_clean(&case)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The unit of a folder (Terraform; a plan, where there is one) or of each template in it.
fn units(folder: &Path, workspace: &Workspace) -> Vec<Unit> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("a case folder").flatten().map(|e| e.path()).filter(|p| p.is_file()).collect();
    files.sort();
    let is = |path: &Path, ending: &str| path.to_string_lossy().ends_with(ending);
    if let Some(plan) = files.iter().find(|f| is(f, "plan.json")) {
        return vec![terraform::resolve_plan(plan, workspace)];
    }
    if files.iter().any(|f| is(f, ".tf") || is(f, ".tf.json")) {
        return vec![terraform::resolve(folder, workspace)];
    }
    let template = |f: &&PathBuf| is(f, ".yaml") || is(f, ".yml") || (is(f, ".json"));
    files.iter().filter(template).map(|f| cloudformation::resolve(f, workspace)).collect()
}

fn check(unit: &Unit, options: &ResolveOptions, selected: &[&'static Rule]) -> Sink {
    let graph = Graph::new(unit, options);
    internals::run(&graph, selected)
}

/// Where a case is deployed to.
fn options(case: &Path) -> ResolveOptions {
    let mut out = ResolveOptions::default();
    for line in fs::read_to_string(case.join("options")).unwrap_or_default().lines() {
        match line.split_once(' ') {
            Some(("region", region)) => out.region = Some(region.into()),
            Some(("account-id", account)) => out.account_id = Some(account.into()),
            _ => panic!("{}: no option: {line}", case.display()),
        }
    }
    out
}

fn run_case(id: &str, case: &Path) -> Result<(), Failed> {
    let rule = rules::by_id(id).ok_or_else(|| format!("there is no rule {id}"))?;
    let workspace = Workspace::default();
    let mut lines = Vec::new();
    let mut detail = String::new();
    for unit in units(case, &workspace) {
        for problem in &unit.problems {
            detail.push_str(&format!("problem: {} ({})\n", problem.message, workspace.sources.place(problem.span)));
        }
        let sink = check(&unit, &options(case), &[rule]);
        for finding in &sink.findings {
            let file = workspace.sources.file(finding.primary.span.file);
            let shown = file.path.strip_prefix(case).unwrap_or(&file.path).display().to_string();
            let line = file.position(finding.primary.span.start).line;
            lines.push(format!("{shown}:{line} {} {} {}", finding.severity.name(), finding.rule, finding.address));
            detail.push_str(&format!("{}\n", finding.message));
        }
        for undecided in sink.undecided.iter().chain(&sink.unlisted) {
            lines.push(format!("undecided {} {}", undecided.rule, undecided.address));
            detail.push_str(&format!("undecided {}: {}\n", undecided.address, undecided.reason));
        }
    }
    lines.sort();
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(case.join("expected"), lines.iter().map(|line| format!("{line}\n")).collect::<String>())?;
    }
    let expected = fs::read_to_string(case.join("expected")).map_err(|e| format!("expected: {e}"))?;
    let expected: Vec<&str> = expected.lines().collect();
    if lines == expected {
        return Ok(());
    }
    Err(format!("expected:\n  {}\nfound:\n  {}\n{detail}", expected.join("\n  "), lines.join("\n  ")).into())
}

/// Each folder of the case is one spelling; all give what `expected` lists: `severity rule` or `undecided rule`, one line each.
fn run_parity(case: &Path) -> Result<(), Failed> {
    let expected = fs::read_to_string(case.join("expected")).map_err(|e| format!("expected: {e}"))?;
    let expected: Vec<&str> = expected.lines().collect();
    let spellings = folders(case);
    if spellings.len() < 5 {
        return Err(format!("only {} spellings", spellings.len()).into());
    }
    let all: Vec<&'static Rule> = rules::all().iter().collect();
    for spelling in spellings {
        let workspace = Workspace::default();
        let mut lines = Vec::new();
        for unit in units(&spelling, &workspace) {
            let sink = check(&unit, &options(case), &all);
            lines.extend(sink.findings.iter().map(|f| format!("{} {}", f.severity.name(), f.rule)));
            lines.extend(sink.undecided.iter().chain(&sink.unlisted).map(|u| format!("undecided {}", u.rule)));
        }
        lines.sort();
        if lines != expected {
            return Err(format!("{}: expected {expected:?}, found {lines:?}", name(&spelling)).into());
        }
    }
    Ok(())
}

/// Neither a finding, nor a problem with a file, nor a check that cannot be decided.
fn run_clean(case: &Path) -> Result<(), Failed> {
    let options = ScanOptions { rules: rules::all().iter().collect(), ..ScanOptions::default() };
    let scanned = scan::scan(&[case.to_owned()], Path::new("/nowhere"), &options, &Progress::default())?;
    let mut said = Vec::new();
    for unit in &scanned.report.units {
        said.extend(unit.findings.iter().map(|f| format!("{}: {}", f.finding.rule, f.finding.message)));
        said.extend(unit.undecided.iter().map(|u| &u.check).map(|u| format!("undecided {} {}: {}", u.rule, u.address, u.reason)));
    }
    match said.is_empty() && !scanned.report.units.is_empty() {
        true => Ok(()),
        false => Err(said.join("\n").into()),
    }
}
