//! From raw arguments and the configuration file to the settings of a scan.

use anyhow::{Context, Result, anyhow, bail};
use iacscan::boundary::{Boundary, outside};
use iacscan::options::{GivenVariables, NamedWorld, ResolveOptions, WorldSearch};
use iacscan::rules::{self, Rule};
use iacscan::scan::ScanOptions;
use iacscan::value::Str;

use crate::cli::{FailOn, KnownArgs, RunArgs, ScanArgs};
use crate::config::{Config, Files, NAME, Worlds};

/// Always runs unless it is ignored: a run with one rule over a file that cannot be read must not look clean.
const ALWAYS: &str = "syntax-error";

/// The options of a scan and what fails it.
pub fn of_scan(args: &ScanArgs, config: &Config) -> Result<(ScanOptions, FailOn)> {
    let ignored: Vec<String> = args.ignored.iter().chain(&config.ignore).cloned().collect();
    let mut options = ScanOptions { rules: selected(&args.rules, &ignored)?, ..of_graph(&args.known, &args.run, config)? };
    // A drawing shows what the source says; a scan looks into all that it may come to.
    options.resolve.search = environments(&args.known, config)?.1.unwrap_or(WorldSearch::Auto);
    Ok((options, args.fail_on.or(config.fail_on).unwrap_or_default()))
}

/// The options of a scan that runs no rules.
pub fn of_graph(known: &KnownArgs, run: &RunArgs, config: &Config) -> Result<ScanOptions> {
    let (worlds, search) = environments(known, config)?;
    let worlds_files = known.worlds.iter().map(|(_, file)| file);
    let given: Vec<_> = known.variables.files().chain(&known.parameter_files).chain(worlds_files).cloned().collect();
    for file in &given {
        std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    // What the configuration names lies in the project, or is not read: a pull request may have written it.
    let project = Boundary::around([config.folder.as_path()]);
    for file in worlds.iter().flat_map(|(_, files)| files).filter(|file| !given.contains(file)) {
        if !project.permits(file) {
            bail!("{}: {}", NAME, outside(file));
        }
        std::fs::metadata(file).with_context(|| format!("{NAME}: cannot read {}", file.display()))?;
    }
    for path in &known.allowed {
        path.canonicalize().with_context(|| format!("--allow-outside {}", path.display()))?;
    }
    // Later ones win: the command line comes after the configuration.
    let merged = |config: &std::collections::BTreeMap<String, String>, args: &[(String, String)]| -> Vec<(Str, String)> {
        let all = config.iter().chain(args.iter().map(|(k, v)| (k, v)));
        all.map(|(name, value)| (Str::from(name.as_str()), value.clone())).collect()
    };
    let (variable_files, assigned) = known.variables.clone().split();
    let configured = config.variables.iter().map(|(name, value)| GivenVariables::Value(name.into(), value.clone()));
    let variables = configured.chain(assigned).collect();
    let resolve = ResolveOptions {
        region: known.region.as_ref().or(config.region.as_ref()).map(Str::from),
        account_id: known.account_id.as_ref().or(config.account_id.as_ref()).map(Str::from),
        variable_files,
        variables,
        parameters: merged(&config.parameters, &known.parameters),
        parameter_files: known.parameter_files.clone(),
        worlds,
        search: search.unwrap_or_default(),
        workspace: known.workspace.as_ref().map(Str::from),
        allowed: known.allowed.clone(),
        named_files: given,
    };
    Ok(ScanOptions { resolve, threads: run.threads, ..ScanOptions::default() })
}

/// Environments with their files, and where to look for others, where that is said. The command line replaces what the configuration says.
fn environments(known: &KnownArgs, config: &Config) -> Result<(Vec<NamedWorld>, Option<WorldSearch>)> {
    let mut worlds: Vec<NamedWorld> = Vec::new();
    for (name, file) in &known.worlds {
        match worlds.iter_mut().find(|(known, _)| known == name) {
            Some((_, files)) => files.push(file.clone()),
            None => worlds.push((name.into(), vec![file.clone()])),
        }
    }
    if !worlds.is_empty() {
        return Ok((worlds, Some(WorldSearch::Parameters)));
    }
    if let Some(search) = known.search {
        return Ok((worlds, Some(search.into())));
    }
    match &config.worlds {
        None => Ok((worlds, None)),
        Some(Worlds::Search(search)) => Ok((worlds, Some((*search).into()))),
        Some(Worlds::Named(named)) => {
            if let Some(name) = named.keys().find(|name| name.trim().is_empty() || name.contains('=')) {
                bail!("worlds: `{name}` is no name for an environment");
            }
            let files = |files: &Files| files.as_slice().iter().map(|file| config.folder.join(file)).collect();
            Ok((named.iter().map(|(name, of)| (name.into(), files(of))).collect(), Some(WorldSearch::Parameters)))
        }
    }
}

fn selected(only: &[String], ignored: &[String]) -> Result<Vec<&'static Rule>> {
    only.iter().chain(ignored).try_for_each(|id| rule(id).map(drop))?;
    let runs = |rule: &&Rule| {
        let wanted = only.is_empty() || rule.id == ALWAYS || only.iter().any(|id| id == rule.id);
        wanted && !ignored.iter().any(|id| id == rule.id)
    };
    let selected: Vec<&Rule> = rules::all().iter().filter(runs).collect();
    if selected.is_empty() {
        bail!("no rule is left to run");
    }
    Ok(selected)
}

/// The rule of an id that the user gave.
pub fn rule(id: &str) -> Result<&'static Rule> {
    rules::by_id(id).ok_or_else(|| {
        let (message, help) = rules::ids::ids().unknown(id);
        anyhow!("{message}: {help}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_chosen_by_id() {
        let ids = |only: &[&str], ignored: &[&str]| {
            let own = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
            selected(&own(only), &own(ignored)).map(|rules| rules.iter().map(|r| r.id).collect::<Vec<_>>())
        };
        assert_eq!(ids(&[], &[]).expect("rules").len(), rules::all().len());
        assert_eq!(ids(&["unused-suppression"], &[]).expect("rules"), ["syntax-error", "unused-suppression"]);
        assert_eq!(ids(&["unused-suppression"], &["syntax-error"]).expect("rules"), ["unused-suppression"]);
        assert!(!ids(&[], &["syntax-error"]).expect("rules").contains(&"syntax-error"));
        let unknown = ids(&["sintax-error"], &[]).expect_err("no such rule").to_string();
        assert_eq!(unknown, "there is no rule `sintax-error`: did you mean `syntax-error`?");
        assert_eq!(ids(&[], &["zzzz"]).expect_err("no such rule").to_string(), "there is no rule `zzzz`: `iacscan rules` lists them");
    }
}
