//! The command `iacscan`: arguments in, the library's report out, an exit code.

mod cli;
mod config;
mod output;
mod progress;
mod settings;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use iacscan::options::ResolveOptions;
use iacscan::report::{self, Edge, GraphUnit, ReportOptions, page};
use iacscan::scan::{self, PassedOver, ScanReport};
use iacscan::unit::Unit;

use crate::cli::{Cli, Color, Command, FailOn, GraphFormatArg, KnownArgs, RunArgs, ScanArgs};
use crate::config::Config;
use crate::progress::with_progress;

/// Resolving makes many small values on several threads: a third of the time went to the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Findings at or above `--fail-on`.
const FINDINGS: u8 = 1;
/// The scan could not be done.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| cli::without_values(error).exit());
    let outcome = match &cli.command {
        None => scan(&cli.scan),
        Some(Command::Rules { color }) => text(*color, |options, out| page::write_rules(options, out)),
        Some(Command::Explain { rule, color }) => {
            settings::rule(rule).and_then(|rule| text(*color, |options, out| page::write_page(rule, options, out)))
        }
        Some(Command::Graph { paths, format, known, run }) => graph(paths, *format, known, run),
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
fn graph(paths: &[PathBuf], format: GraphFormatArg, known: &KnownArgs, run: &RunArgs) -> Result<ExitCode> {
    let directory = working_directory()?;
    let options = settings::of_graph(known, run, &configuration(paths, run)?)?;
    let resolved = with_progress(!run.quiet, |progress| scan::resolve(paths, &directory, &options, progress))?;
    hints(run, resolved.units.is_empty(), paths, &resolved.passed_over);
    for problem in &resolved.problems {
        let sources = &resolved.workspace.sources;
        let place = if problem.span.is_none() { problem.path.display().to_string() } else { sources.place(problem.span) };
        note(run, &format!("{place}: {}", problem.message));
    }
    let units: Vec<GraphUnit<'_>> =
        resolved.units.iter().map(|unit| GraphUnit { unit, relations: relations(unit, &resolved.workspace.options) }).collect();
    write(run, &resolved.workspace.sources.paths(), |out| report::write_graph(format.into(), &units, &resolved.workspace.sources, out))?;
    Ok(ExitCode::SUCCESS)
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
