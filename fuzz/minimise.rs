//! Makes an input with a fault as small as the fault allows.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::input::Input;
use crate::tokens::tokens;

/// What a scan of an input in a process of its own says: its faults, and how it ended. Empty where there is none.
fn faults(folder: &Path, input: &Input) -> Result<String, String> {
    input.write(folder)?;
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program).arg("replay").arg(folder).output().map_err(|error| error.to_string())?;
    match output.status.code() {
        Some(0) => Ok(String::new()),
        // A panic says what it was about, which changes with the input: its place does not.
        Some(1) => {
            let text = String::from_utf8_lossy(&output.stdout);
            Ok(text.lines().map(|line| line.split(": ").next().unwrap_or(line)).collect::<Vec<_>>().join("\n"))
        }
        _ => Ok(output.status.to_string()),
    }
}

/// Writes the smallest input that has the same fault beside the folder, and its path to standard output.
pub fn minimise(folder: &Path) -> Result<bool, String> {
    let mut best = Input::read(folder);
    let scratch = folder.with_extension("trying");
    let wanted = faults(&scratch, &best)?;
    if wanted.is_empty() {
        return Err(format!("{} has no fault", folder.display()));
    }
    let same = |input: &Input| faults(&scratch, input).is_ok_and(|found| found == wanted);
    let mut at = 0;
    while at < best.0.len() {
        let mut less = best.clone();
        less.0.remove(at);
        if same(&less) { best = less } else { at += 1 }
    }
    for file in 0..best.0.len() {
        for cut in [lines as fn(&str) -> Vec<String>, words] {
            smaller(&mut best, file, cut, &same);
        }
    }
    let result = folder.with_extension("small");
    best.write(&result)?;
    std::fs::remove_dir_all(&scratch).map_err(|error| error.to_string())?;
    println!("{wanted}\n{}", result.display());
    Ok(true)
}

fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_owned).collect()
}

fn words(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| text[token].to_owned()).collect()
}

/// Leaves out runs of pieces, long ones first, as long as the fault stays.
fn smaller(best: &mut Input, file: usize, cut: fn(&str) -> Vec<String>, same: &dyn Fn(&Input) -> bool) {
    let mut pieces = best.0.get(file).map_or_else(Vec::new, |(_, text)| cut(text));
    let mut length = pieces.len().div_ceil(2);
    while length > 0 {
        let mut at = 0;
        while at < pieces.len() {
            let end = (at + length).min(pieces.len());
            let kept = [&pieces[..at], &pieces[end..]].concat();
            let mut less = best.clone();
            if let Some((_, text)) = less.0.get_mut(file) {
                *text = kept.concat();
            }
            if same(&less) {
                (*best, pieces) = (less, kept);
            } else {
                at = end;
            }
        }
        length /= 2;
    }
}
