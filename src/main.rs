//! The command `iacscan`: arguments in, the library's report out, an exit code.

mod cli;
mod config;
mod output;
mod progress;
mod settings;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;
use iacscan::drawing::{Drawing, Verdict};
use iacscan::options::ResolveOptions;
use iacscan::report::{self, Edge, GraphUnit, ReportOptions, page};
use iacscan::scan::{self, DrawOptions, NoSuch, PassedOver, Resolved, ScanReport};
use iacscan::unit::Unit;

use crate::cli::{Cli, Color, Command, DrawArgs, FailOn, GraphFormatArg, KnownArgs, RunArgs, ScanArgs};
use crate::config::Config;
use crate::progress::with_progress;

/// Resolving makes many small values on several threads: a third of the time went to the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Findings at or above `--fail-on`.
const FINDINGS: u8 = 1;
/// The scan could not be done.
const FAILED: u8 = 2;
/// `iacscan why`: it cannot be told.
const NOT_KNOWN: u8 = 3;

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| cli::without_values(error).exit());
    let outcome = match &cli.command {
        None => scan(&cli.scan),
        Some(Command::Rules { color }) => text(*color, |options, out| page::write_rules(options, out)),
        Some(Command::Explain { rule, color }) => {
            settings::rule(rule).and_then(|rule| text(*color, |options, out| page::write_page(rule, options, out)))
        }
        Some(Command::Graph { paths, format, draw, known, run }) => graph(paths, *format, draw, known, run),
        Some(Command::Why { from, to, paths, unit, known, run }) => why((from, to), paths, unit.as_deref(), known, run),
    };
    outcome.unwrap_or_else(|error| {
        // Standard error may be closed: the exit code still says it.
        let _ = writeln!(io::stderr(), "iacscan: {}", report::clean(&format!("{error:#}")));
        ExitCode::from(FAILED)
    })
}

/// `iacscan [PATH]…`
fn scan(args: &ScanArgs) -> Result<ExitCode> {
    let directory = working_directory()?;
    let config = configuration(&args.paths, &args.run)?;
    let (options, fail_on) = settings::of_scan(args, &config)?;
    let scanned = with_progress(!args.run.quiet, |progress| scan::scan(&args.paths, &directory, &options, progress))?;
    hints(&args.run, scanned.report.units.is_empty(), &args.paths, &scanned.passed_over);
    let format = args.format.into();
    let report_options = ReportOptions {
        undecided: args.undecided,
        root: report::repository_root(&args.paths, &directory),
        directory,
        ..report_options(&args.run)
    };
    write(&args.run, &scanned.workspace.sources.paths(), |out| {
        report::write(format, &scanned.report, &scanned.workspace.sources, &report_options, out)
    })?;
    Ok(match (scanned.report.panics, fails(&scanned.report, fail_on)) {
        (0, false) => ExitCode::SUCCESS,
        (0, true) => ExitCode::from(FINDINGS),
        // What was not looked at may hold anything: nobody should take the scan for a clean one.
        _ => ExitCode::from(FAILED),
    })
}

fn fails(report: &ScanReport, fail_on: FailOn) -> bool {
    let findings = report.units.iter().flat_map(|unit| &unit.findings);
    findings.filter(|f| f.suppressed.is_none()).any(|f| fail_on.includes(f.finding.severity))
}

/// `iacscan graph [PATH]…`
fn graph(paths: &[PathBuf], format: GraphFormatArg, draw: &DrawArgs, known: &KnownArgs, run: &RunArgs) -> Result<ExitCode> {
    let resolved = resolve(paths, known, run)?;
    let options = &resolved.workspace.options;
    let asked = DrawOptions {
        verdicts: draw.verdicts || matches!(format, GraphFormatArg::Html),
        mentions: draw.mentions,
        around: draw.around.clone().map(|address| (address, draw.depth)),
        between: draw.from.clone().zip(draw.to.clone()),
    };
    let mut units: Vec<GraphUnit<'_>> = Vec::new();
    let mut missing = None;
    for unit in chosen(&resolved.units, draw.unit.as_deref())? {
        let drawing = match format {
            GraphFormatArg::Stats => Drawing::default(),
            _ => match scan::drawing(unit, options, &asked) {
                Ok(drawing) => drawing,
                Err(error) => {
                    missing = worse(missing, error);
                    continue;
                }
            },
        };
        units.push(GraphUnit { unit, relations: relations(unit, options), drawing });
    }
    if let Some(error) = missing.filter(|_| units.is_empty()) {
        bail!(error);
    }
    write(run, &resolved.workspace.sources.paths(), |out| report::write_graph(format.into(), &units, &resolved.workspace.sources, out))?;
    Ok(ExitCode::SUCCESS)
}

fn resolve(paths: &[PathBuf], known: &KnownArgs, run: &RunArgs) -> Result<Resolved> {
    let directory = working_directory()?;
    let options = settings::of_graph(known, run, &configuration(paths, run)?)?;
    let resolved = with_progress(!run.quiet, |progress| scan::resolve(paths, &directory, &options, progress))?;
    hints(run, resolved.units.is_empty(), paths, &resolved.passed_over);
    for problem in &resolved.problems {
        let sources = &resolved.workspace.sources;
        let place = if problem.span.is_none() { problem.path.display().to_string() } else { sources.place(problem.span) };
        note(run, &format!("{place}: {}", problem.message));
    }
    Ok(resolved)
}

/// The unit that is asked for, or all.
fn chosen<'a>(units: &'a [Unit], root: Option<&Path>) -> Result<Vec<&'a Unit>> {
    let Some(root) = root else { return Ok(units.iter().collect()) };
    let wanted = root.components().collect::<PathBuf>();
    let found: Vec<&Unit> = units.iter().filter(|unit| unit.root.ends_with(&wanted)).collect();
    if found.is_empty() {
        let roots: Vec<String> = units.iter().map(|unit| unit.root.display().to_string()).collect();
        bail!("no unit has the root {}; there are: {}", root.display(), roots.join(", "));
    }
    Ok(found)
}

/// Of two reasons why units do not have a name the one that says more: that it is ambiguous, or what is near to it.
fn worse(one: Option<NoSuch>, other: NoSuch) -> Option<NoSuch> {
    let says = |error: &NoSuch| match error {
        NoSuch::Ambiguous(..) => 2,
        NoSuch::Unknown(_, near) => usize::from(!near.is_empty()),
    };
    match one {
        Some(one) if says(&one) >= says(&other) => Some(one),
        _ => Some(other),
    }
}

/// `iacscan why A B [PATH]…`
fn why((from, to): (&str, &str), paths: &[PathBuf], root: Option<&Path>, known: &KnownArgs, run: &RunArgs) -> Result<ExitCode> {
    let resolved = resolve(paths, known, run)?;
    let (mut answers, mut missing) = (Vec::new(), None);
    for unit in chosen(&resolved.units, root)? {
        match scan::why(unit, &resolved.workspace.options, from, to) {
            Ok(answer) => answers.push((unit, answer)),
            Err(error) => missing = worse(missing, error),
        }
    }
    let code = match (answers.as_slice(), missing) {
        ([], Some(error)) => bail!(error),
        ([], None) => bail!("there is nothing to ask of"),
        ([(_, only)], _) => match only.verdict {
            Verdict::Works => ExitCode::SUCCESS,
            Verdict::Broken => ExitCode::from(FINDINGS),
            Verdict::NotKnown | Verdict::NotJudged => ExitCode::from(NOT_KNOWN),
        },
        (several, _) => {
            let roots: Vec<String> = several.iter().map(|(unit, _)| unit.root.display().to_string()).collect();
            bail!("several units have both: {}; choose one with --unit", roots.join(", "));
        }
    };
    let sources = &resolved.workspace.sources;
    write(run, &sources.paths(), |out| answers.iter().try_for_each(|(_, answer)| report::write_why(answer, sources, out)))?;
    Ok(code)
}

fn relations(unit: &Unit, options: &ResolveOptions) -> Vec<Edge> {
    scan::relations(unit, options).into_iter().map(|(from, to, relation)| Edge { from, to, relation }).collect()
}

/// A page for people.
fn text(color: Color, print: impl FnOnce(&ReportOptions, &mut dyn Write) -> io::Result<()>) -> Result<ExitCode> {
    let run = RunArgs { output: None, color, quiet: false, verbose: false, threads: None };
    let options = report_options(&run);
    write(&run, &[], |out| print(&options, out))?;
    Ok(ExitCode::SUCCESS)
}

fn working_directory() -> Result<PathBuf> {
    std::env::current_dir().context("the working directory cannot be found")
}

fn configuration(paths: &[PathBuf], run: &RunArgs) -> Result<Config> {
    let (config, file) = Config::find(paths.first().map_or(Path::new("."), PathBuf::as_path))?;
    if let Some(file) = file.filter(|_| run.verbose) {
        note(run, &format!("configuration: {}", file.display()));
    }
    Ok(config)
}

fn report_options(run: &RunArgs) -> ReportOptions {
    let color = match run.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => run.output.is_none() && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    };
    let width = match terminal_width() {
        Some(width) if run.output.is_none() => width,
        _ => report::DEFAULT_WIDTH,
    };
    ReportOptions { color, width, quiet: run.quiet, verbose: run.verbose, ..ReportOptions::default() }
}

fn terminal_width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)).filter(|width| *width >= 40)
}

/// Says what a reader of a clean report would want to know: that there was nothing to scan, and with `-v` what was passed over.
fn hints(run: &RunArgs, nothing: bool, paths: &[PathBuf], passed_over: &[PassedOver]) {
    if run.verbose {
        passed_over.iter().for_each(|p| note(run, &format!("{}: {}", p.path.display(), p.reason)));
    }
    if nothing {
        let names: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
        note(run, &format!("no Terraform, CloudFormation or SAM in {}", names.join(", ")));
    }
}

fn note(run: &RunArgs, text: &str) {
    if !run.quiet {
        let _ = writeln!(io::stderr(), "iacscan: {}", report::clean(text));
    }
}

/// Writes the output, to the end or not at all: a program that reads a file never sees half of it. `scanned` are the files that
/// were read.
fn write(run: &RunArgs, scanned: &[PathBuf], print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut bytes = Vec::new();
    print(&mut bytes)?;
    match &run.output {
        Some(file) => output::replace(file, &bytes, scanned),
        None => output::print(&bytes),
    }
}
