//! Recall, measured: every good case of the repository (and of a corpus, where there is one) is broken one way at a time, and
//! each break must be found by the rule that is there for it.
//!
//! A mutant is found if that rule says something new, about a resource that is connected with the broken one. It is left out
//! where the rule has findings in the unit before the break, and where something else in the unit still does what was taken
//! away; that is asked of the resolved mutant, never of the rule. Where the rule says that it cannot tell, the mutant is
//! listed as undecided.
//!
//! `cargo test --test mutations` prints the table; `MISSED=1` lists the mutants that were not found, `UPDATE_MUTATIONS=1` writes
//! `testdata/mutations/expected` anew. `IACSCAN_CORPUS=<folder>` names a folder of configurations to break as well
//! (`../shared/corpus` by default, where it is there).

mod apis;
mod network;
mod permissions;
mod roles;
mod subject;
mod tree;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use iacscan::scan::{self, Progress, ScanOptions};
use libtest_mimic::{Arguments, Failed, Trial};
use rayon::prelude::*;

use crate::subject::{Mutant, Outcome, Subject};

type Operators = fn(&Subject) -> Vec<Mutant>;

const OPERATORS: [Operators; 4] = [permissions::mutants, roles::mutants, network::mutants, apis::mutants];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("own_cases", own_cases)];
    if corpus().is_some() {
        trials.push(Trial::test("corpus", corpus_units));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("IACSCAN_CORPUS").map(PathBuf::from);
    named.or_else(|| Some(root().join("../shared/corpus")).filter(|near| near.is_dir()))
}

/// Found, undecided, missed, equivalent.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    found: usize,
    undecided: usize,
    missed: usize,
    equivalent: usize,
}

impl Count {
    fn decided(self) -> usize {
        self.found + self.missed
    }

    fn mutants(self) -> usize {
        self.decided() + self.undecided
    }
}

type Table = BTreeMap<(String, &'static str), Count>;

/// Breaks every subject in every way.
fn measure(subjects: &[Subject]) -> Result<(Table, Vec<String>), String> {
    let mutants = |subject: &Subject| {
        let mut seen = HashSet::new();
        let all = OPERATORS.iter().flat_map(|operators| operators(subject));
        // Functions that share a role are broken by the same edit.
        all.filter(|m| seen.insert((m.operator, m.rules, format!("{:?}", m.edits)))).collect::<Vec<_>>()
    };
    let all = subjects.par_iter().flat_map(|subject| mutants(subject).into_par_iter().map(move |m| (subject, m)));
    let results: Vec<_> = all.map(|(subject, mutant)| (subject.run(&mutant), mutant, subject.name.clone())).collect();
    let (mut table, mut missed, mut wrong) = (Table::new(), Vec::new(), Vec::new());
    for (outcome, mutant, name) in results {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                wrong.push(format!("{name}: {}, {}: {error}", mutant.operator, mutant.what));
                continue;
            }
        };
        if outcome == Outcome::NotClean {
            continue;
        }
        let count = table.entry((mutant.rules.join(" or "), mutant.operator)).or_default();
        match outcome {
            Outcome::Found => count.found += 1,
            Outcome::Undecided => count.undecided += 1,
            Outcome::Missed => count.missed += 1,
            Outcome::Equivalent => count.equivalent += 1,
            Outcome::NotClean => {}
        }
        if matches!(outcome, Outcome::Missed | Outcome::Undecided) {
            missed.push(format!("{outcome:?}: {} | {} | {name} | {}", mutant.rules.join(" or "), mutant.operator, mutant.what));
        }
    }
    missed.sort();
    if wrong.is_empty() { Ok((table, missed)) } else { Err(wrong.join("\n")) }
}

fn shown(table: &Table) -> String {
    let mut out = String::from("rule | operator | mutants | found | undecided | missed | equivalent\n");
    for ((rule, operator), c) in table {
        let _ = writeln!(out, "{rule} | {operator} | {} | {} | {} | {} | {}", c.mutants(), c.found, c.undecided, c.missed, c.equivalent);
    }
    let all = table.values().fold(Count::default(), |a, c| Count {
        found: a.found + c.found,
        undecided: a.undecided + c.undecided,
        missed: a.missed + c.missed,
        equivalent: a.equivalent + c.equivalent,
    });
    let _ = writeln!(out, "all | all | {} | {} | {} | {} | {}", all.mutants(), all.found, all.undecided, all.missed, all.equivalent);
    out
}

fn report(title: &str, table: &Table, missed: &[String]) {
    println!("{title}\n{}", shown(table));
    if std::env::var_os("MISSED").is_some() {
        missed.iter().for_each(|line| println!("{line}"));
    }
}

/// A line of the committed table says what was found: a share that falls below it fails.
fn own_cases() -> Result<(), Failed> {
    let (table, missed) = measure(&own())?;
    report("the repository's own cases", &table, &missed);
    let path = root().join("testdata/mutations/expected");
    if std::env::var_os("UPDATE_MUTATIONS").is_some() {
        fs::write(&path, shown(&table)).map_err(|e| e.to_string())?;
        return Ok(());
    }
    let expected = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut fallen = Vec::new();
    for line in expected.lines().skip(1).filter(|line| !line.starts_with("all | ")) {
        let fields: Vec<&str> = line.split(" | ").collect();
        let [rule, operator, _, found, _, missed, _] = fields.as_slice() else { continue };
        let number = |text: &str| text.parse::<usize>().map_err(|e| format!("{line}: {e}"));
        let (found, missed) = (number(found)?, number(missed)?);
        let now = table.iter().find(|((r, o), _)| r == rule && o == operator).map(|(_, c)| *c).unwrap_or_default();
        // found / decided, now against then.
        if found > 0 && (now.found == 0 || now.found * (found + missed) < found * now.decided()) {
            fallen.push(format!("{rule}, {operator}: {} of {} found; it was {found} of {}", now.found, now.decided(), found + missed));
        }
    }
    if fallen.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n{}\n(UPDATE_MUTATIONS=1 writes the table anew)", fallen.join("\n"), missed.join("\n")).into())
}

fn corpus_units() -> Result<(), Failed> {
    let Some(corpus) = corpus() else { return Ok(()) };
    let corpus = corpus.canonicalize().map_err(|e| e.to_string())?;
    let found = scan::resolve(std::slice::from_ref(&corpus), Path::new("/nowhere"), &ScanOptions::default(), &Progress::default());
    let found = found.map_err(|e| e.to_string())?;
    let subjects: Vec<Subject> = found
        .units
        .par_iter()
        .filter_map(|unit| Subject::load(&unit.root, unit.root.strip_prefix(&corpus).unwrap_or(&unit.root).display().to_string()))
        .collect();
    let (table, missed) = measure(&subjects)?;
    report("the corpus", &table, &missed);
    Ok(())
}

/// The good cases of every rule, the parity suite and the demo.
fn own() -> Vec<Subject> {
    let mut paths = Vec::new();
    for rule in folders(&root().join("testdata/rules")) {
        // A case without a line in `expected` is one where all is well.
        let good = |case: &PathBuf| fs::read_to_string(case.join("expected")).is_ok_and(|text| text.trim().is_empty());
        paths.extend(folders(&rule).into_iter().filter(good));
    }
    paths.extend(folders(&root().join("testdata/parity")).iter().flat_map(|case| folders(case)));
    paths.extend(folders(&root().join("testdata/demo")));
    let units = paths.iter().flat_map(|folder| units(folder));
    let named = |path: &Path| path.strip_prefix(root().join("testdata")).unwrap_or(path).display().to_string();
    let units: Vec<PathBuf> = units.collect();
    units.par_iter().filter_map(|path| Subject::load(path, named(path))).collect()
}

/// The unit of a folder (Terraform) or the templates in it.
fn units(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).filter(|p| p.is_file()).collect();
    files.sort();
    let ends = |path: &PathBuf, endings: &[&str]| endings.iter().any(|e| path.to_string_lossy().ends_with(e));
    if files.iter().any(|f| ends(f, &[".tf", ".tf.json"])) {
        return vec![folder.to_owned()];
    }
    files.retain(|f| ends(f, &[".yaml", ".yml", ".json"]));
    files
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}
