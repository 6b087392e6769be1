//! The process that scans: one input after the other, each through to its reports.

use std::fs;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use iacscan::report::{self, Format, ReportOptions};
use iacscan::scan::{self, Progress};

use crate::cli::Cli;
use crate::config::Config;
use crate::mutate::mutation;
use crate::random::Random;
use crate::settings;
use crate::targets::Target;
use crate::{Arguments, watch};

/// A scan that takes longer is a fault.
pub const LIMIT: Duration = Duration::from_secs(10);
/// So is one that needs more memory.
const MEBIBYTES: usize = 500;
/// The exit code of a process whose scan did not end.
pub const HANGS: i32 = 3;
/// Scans run on a thread with a stack as large as that of a program's main thread.
const STACK: usize = 8 << 20;

/// What went wrong since it was last asked: every panic, also those that the engine catches.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn collect_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or(String::new(), |l| format!("{}:{}", l.file(), l.line()));
        let text = panic.payload_as_str().unwrap_or("panic");
        // Of a long text the start says what kind it is; what follows is of the input.
        let said = text.lines().next().unwrap_or_default().chars().take(120).collect::<String>();
        PANICS.lock().unwrap_or_else(PoisonError::into_inner).push(format!("panic at {place}: {said}"));
    }));
}

/// Scans a folder as the command does, and writes the reports; what went wrong.
fn scanned(folder: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    let done = panic::catch_unwind(|| {
        let arguments = Cli::try_parse_from([Path::new("iacscan"), folder]).map_err(|error| error.to_string())?;
        // A configuration that is refused ends the command with a message: the scan goes on with none.
        let config = Config::find(folder).map(|(config, _)| config);
        let said = config.as_ref().err().map(|error| report::clean(&format!("{error:#}")).len());
        let settings = settings::of_scan(&arguments.scan, &config.unwrap_or_default());
        let options = match settings {
            Ok((options, _)) => options,
            Err(_) => settings::of_scan(&arguments.scan, &Config::default()).map_err(|error| error.to_string())?.0,
        };
        let scanned =
            scan::scan(&[folder.to_owned()], Path::new("/nowhere"), &options, &Progress::default()).map_err(|error| error.to_string())?;
        let shown = ReportOptions { undecided: true, verbose: true, ..ReportOptions::default() };
        let mut out = Vec::new();
        for format in [Format::Text, Format::Sarif, Format::Json] {
            report::write(format, &scanned.report, &scanned.workspace.sources, &shown, &mut out).map_err(|error| error.to_string())?;
        }
        Ok::<_, String>((scanned.report.panics, said))
    });
    let panics = std::mem::take(&mut *PANICS.lock().unwrap_or_else(PoisonError::into_inner));
    match done {
        Ok(Err(error)) => faults.push(format!("the scan failed: {error}")),
        Ok(Ok((caught, _))) if caught > 0 && panics.is_empty() => faults.push("a panic that nothing is known of".to_owned()),
        _ => {}
    }
    faults.extend(panics);
    faults
}

/// The most memory that the process had, in MiB, where the system says it.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok()).unwrap_or(0) / 1024
}

/// Scans the inputs of a target, from `first` on, until time is over. Says on standard output what the watching process counts.
pub fn scans(target: &'static Target, arguments: &Arguments) -> Result<bool, String> {
    collect_panics();
    let seeds = target.seeds();
    if seeds.is_empty() {
        return Err(format!("{} has no seeds", target.name));
    }
    let folder = watch::current(target, &arguments.faults);
    let (ask, asked) = channel::<PathBuf>();
    let (tell, told) = channel();
    let worker = move || asked.iter().for_each(|folder| drop(tell.send(scanned(&folder))));
    thread::Builder::new().stack_size(STACK).spawn(worker).map_err(|error| error.to_string())?;
    let end = Instant::now() + Duration::from_secs(arguments.seconds);
    let mut index = arguments.first;
    while Instant::now() < end && index < arguments.inputs {
        let input = mutation(target, &seeds, &mut Random::new(arguments.seed.wrapping_add(index.wrapping_mul(0x9e37_79b9))));
        input.write(&folder)?;
        ask.send(folder.clone()).map_err(|error| error.to_string())?;
        index += 1;
        println!("{index}");
        match told.recv_timeout(LIMIT) {
            Ok(faults) => faults.iter().for_each(|fault| println!("fault {fault}")),
            Err(RecvTimeoutError::Timeout) => std::process::exit(HANGS),
            Err(RecvTimeoutError::Disconnected) => return Err("the thread that scans is gone".to_owned()),
        }
        if peak() > MEBIBYTES {
            println!("fault more than {MEBIBYTES} MiB");
            // The peak stays: a process of its own goes on.
            return Ok(true);
        }
    }
    println!("done");
    Ok(true)
}

/// Scans one folder and says what goes wrong: whether nothing does.
pub fn replay(folder: &Path) -> Result<bool, String> {
    collect_panics();
    let folder = folder.to_owned();
    let (tell, told) = channel();
    let worker = move || drop(tell.send(scanned(&folder)));
    thread::Builder::new().stack_size(STACK).spawn(worker).map_err(|error| error.to_string())?;
    let mut faults = match told.recv_timeout(LIMIT) {
        Ok(faults) => faults,
        Err(RecvTimeoutError::Timeout) => vec![format!("takes more than {} s", LIMIT.as_secs())],
        Err(RecvTimeoutError::Disconnected) => return Err("the thread that scans is gone".to_owned()),
    };
    if peak() > MEBIBYTES {
        faults.push(format!("more than {MEBIBYTES} MiB"));
    }
    faults.iter().for_each(|fault| println!("{fault}"));
    Ok(faults.is_empty())
}
