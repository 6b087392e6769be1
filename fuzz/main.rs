//! Scans mutated sources in search of panics, overflows and hangs: `docs/fuzzing.md` says how it is run.
//!
//! The command watches over a process of its own kind that does the scans, so that a stack overflow, an abort or a scan that does not
//! end is told like any other fault, and the run goes on.

#[allow(dead_code, missing_docs)]
#[path = "../src/cli.rs"]
mod cli;
#[allow(dead_code)]
#[path = "../src/config.rs"]
mod config;
mod input;
mod minimise;
mod mutate;
mod random;
mod run;
#[allow(dead_code)]
#[path = "../src/settings.rs"]
mod settings;
mod targets;
mod tokens;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: fuzz all|TARGET[,TARGET]… [--seconds N] [--inputs N] [--seed N] [--faults FOLDER]
       fuzz replay FOLDER
       fuzz minimise FOLDER
       fuzz targets

--seconds N       how long each target runs (default: 10)
--inputs N        how many inputs each target scans at most (default: no limit)
--seed N          where the random numbers start (default: 1); the same seed makes the same inputs
--faults FOLDER   where inputs with a fault are written (default: target/fuzz)";

/// What the command line says.
struct Arguments {
    seconds: u64,
    inputs: u64,
    seed: u64,
    /// The first input: that of the process which scans is where the last one ended.
    first: u64,
    faults: PathBuf,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["targets"] => {
            targets::ALL.iter().for_each(|target| println!("{:<16}{}", target.name, target.about));
            Ok(true)
        }
        ["replay", folder] => run::replay(folder.as_ref()),
        ["minimise", folder] => minimise::minimise(folder.as_ref()),
        ["scan", target, rest @ ..] => parse(rest).and_then(|arguments| run::scans(targets::by_name(target)?, &arguments)),
        [chosen, rest @ ..] if !chosen.starts_with('-') => {
            parse(rest).and_then(|arguments| watch::watch(&targets::chosen(chosen)?, &arguments))
        }
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn parse(arguments: &[&str]) -> Result<Arguments, String> {
    let faults = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
    let mut parsed = Arguments { seconds: 10, inputs: u64::MAX, seed: 1, first: 0, faults };
    let (pairs, rest) = arguments.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(USAGE.to_owned());
    }
    let number = |value: &str| value.parse().map_err(|_| format!("`{value}` is no number\n{USAGE}"));
    for [name, value] in pairs {
        match *name {
            "--seconds" => parsed.seconds = number(value)?,
            "--inputs" => parsed.inputs = number(value)?,
            "--seed" => parsed.seed = number(value)?,
            "--first" => parsed.first = number(value)?,
            "--faults" => parsed.faults = value.into(),
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(parsed)
}
