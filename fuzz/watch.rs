//! The process that watches: it starts the one that scans, starts it again where it dies, keeps the inputs with faults, and counts.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Arguments;
use crate::input::Input;
use crate::run::{HANGS, LIMIT};
use crate::targets::Target;

/// Where the input is that is being scanned.
pub fn current(target: &Target, faults: &Path) -> PathBuf {
    faults.join(target.name).join("current")
}

/// Runs targets one after the other; whether none has a fault.
pub fn watch(targets: &[&'static Target], arguments: &Arguments) -> Result<bool, String> {
    let mut clean = true;
    for target in targets {
        let start = Instant::now();
        let (inputs, faults) = run(target, arguments)?;
        let seconds = start.elapsed().as_secs();
        println!("{}: {inputs} inputs in {seconds} s, {} kinds of faults, seed {}", target.name, faults.len(), arguments.seed);
        for (fault, (times, folder)) in &faults {
            println!("  {times} times: {fault}\n    {}", folder.display());
        }
        clean &= faults.is_empty();
    }
    Ok(clean)
}

/// A kind of fault: how often it came, and where its first input is.
type Faults = BTreeMap<String, (usize, PathBuf)>;

fn run(target: &'static Target, arguments: &Arguments) -> Result<(u64, Faults), String> {
    let (start, mut faults, mut next) = (Instant::now(), Faults::new(), 0);
    let current = current(target, &arguments.faults);
    loop {
        let left = arguments.seconds.saturating_sub(start.elapsed().as_secs());
        if left == 0 || next >= arguments.inputs {
            return Ok((next, faults));
        }
        let before = next;
        let numbers = [("--seconds", left), ("--inputs", arguments.inputs), ("--seed", arguments.seed), ("--first", next)];
        let mut command = Command::new(env::current_exe().map_err(|error| error.to_string())?);
        command.args(["scan", target.name]).arg("--faults").arg(&arguments.faults).stdout(Stdio::piped());
        for (name, value) in numbers {
            command.arg(name).arg(value.to_string());
        }
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let mut keep = |fault: &str, index: u64| {
            let known = faults.len();
            let (times, folder) = faults.entry(fault.to_owned()).or_default();
            *times += 1;
            if *times == 1 {
                *folder = arguments.faults.join(target.name).join(format!("seed-{}-input-{index}-{known}", arguments.seed));
                return Input::read(&current).write(folder);
            }
            Ok(())
        };
        let mut done = false;
        for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()).map_while(Result::ok) {
            match (line.strip_prefix("fault "), line.parse()) {
                (Some(fault), _) => keep(fault, next)?,
                (None, Ok(number)) => next = number,
                (None, Err(_)) => done |= line == "done",
            }
        }
        let status = child.wait().map_err(|error| error.to_string())?;
        match status.code() {
            Some(0) if done => return Ok((next, faults)),
            Some(0) => {}
            Some(HANGS) => keep(&format!("takes more than {} s", LIMIT.as_secs()), next)?,
            // The child itself could not work: it has said why.
            Some(2) => return Err(format!("{} could not be run", target.name)),
            _ => keep(&format!("the process died: {status}"), next)?,
        }
        if next == before {
            return Err(format!("{} does not get on", target.name));
        }
    }
}
