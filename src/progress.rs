//! The progress line: on a terminal, once a scan lasts longer than half a second.

use std::io::{IsTerminal, Write, stderr};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use iacscan::scan::Progress;

/// A scan shorter than this needs no progress line.
const QUIET_FOR: Duration = Duration::from_millis(500);
const STEP: Duration = Duration::from_millis(100);

/// Does the work, with a progress line where `show` says so and standard error is a terminal.
pub fn with_progress<R>(show: bool, work: impl FnOnce(&Progress) -> R) -> R {
    let progress = Progress::default();
    if !show || !stderr().is_terminal() {
        return work(&progress);
    }
    let (done, waits) = channel::<()>();
    std::thread::scope(|scope| {
        let line = &progress;
        scope.spawn(move || draw(line, &waits));
        let result = work(line);
        drop(done);
        result
    })
}

/// Draws until the other end hangs up.
fn draw(progress: &Progress, waits: &Receiver<()>) {
    let mut wait = QUIET_FOR;
    let mut drawn = false;
    while waits.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        wait = STEP;
        drawn = true;
        let (done, total) = (progress.done.load(Ordering::Relaxed), progress.total.load(Ordering::Relaxed));
        let text = if total == 0 { "looking for units".to_owned() } else { format!("scanning {done}/{total}") };
        // Standard error may be closed; a progress line is no reason to fail.
        let _ = write!(stderr(), "\r\x1b[K{text}");
        let _ = stderr().flush();
    }
    if drawn {
        let _ = write!(stderr(), "\r\x1b[K");
    }
}
