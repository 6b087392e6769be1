//! The walk over a folder, without what `.gitignore` leaves out.

use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::tracked::Tracked;
use crate::boundary::{Boundary, git_top};
use crate::source::clean;

/// What is found on the way.
pub(super) enum Entry {
    /// A file, a link, or something else that is no folder.
    File(PathBuf, FileType),
    /// A file that `.gitignore` leaves out and git does not track.
    LeftOut(PathBuf),
    /// A folder that `.gitignore` leaves out, with all in it.
    LeftOutFolder,
    /// A folder that cannot be listed, and why.
    Unreadable(PathBuf, std::io::Error),
}

/// The patterns of one `.gitignore`, and those of the folders above.
struct Patterns {
    own: Gitignore,
    above: Option<Rc<Patterns>>,
}

/// No `.gitignore` has as many bytes.
const MAX_PATTERN_BYTES: u64 = 1024 * 1024;

/// A walk over one folder.
pub(super) struct Walk<'a> {
    boundary: &'a Boundary,
    /// Whether a folder is never looked into.
    skipped: &'a dyn Fn(&Path) -> bool,
    visit: &'a mut dyn FnMut(Entry),
    /// The top of the repository and the given folder, both canonical; `None` outside of a repository.
    top: Option<(PathBuf, PathBuf)>,
    /// What git tracks, read only where a pattern fits something.
    tracked: Option<Tracked>,
}

impl<'a> Walk<'a> {
    /// Visits everything below `folder`. Outside of a repository no `.gitignore` above the folder counts: a `*` in the one of a
    /// home folder would hide all.
    pub(super) fn over(folder: &Path, boundary: &'a Boundary, skipped: &'a dyn Fn(&Path) -> bool, visit: &'a mut dyn FnMut(Entry)) {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let top = git_top(&real).map(Path::to_owned);
        let patterns = top.as_ref().and_then(|top| above(top, &real, boundary));
        let mut walk = Walk { boundary, skipped, visit, top: top.map(|top| (top, real)), tracked: None };
        walk.folders(folder, patterns);
    }

    fn folders(&mut self, given: &Path, patterns: Option<Rc<Patterns>>) {
        let mut waiting = vec![(given.to_owned(), patterns)];
        while let Some((folder, above)) = waiting.pop() {
            let entries = match self.boundary.listed(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    (self.visit)(Entry::Unreadable(clean(&folder), error));
                    continue;
                }
            };
            let has_own = entries.iter().any(|entry| entry.file_name() == ".gitignore");
            let patterns = if has_own { with(&folder, &self.real(&folder, given), above, self.boundary) } else { above };
            for entry in entries {
                let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
                if kind.is_dir() && (self.skipped)(&path) {
                    continue;
                }
                let real = self.real(&path, given);
                let left_out = ignored(patterns.as_deref(), &real, kind.is_dir()) && !self.is_tracked(&real, kind.is_dir());
                match (kind.is_dir(), left_out) {
                    (true, false) => waiting.push((path, patterns.clone())),
                    (true, true) => (self.visit)(Entry::LeftOutFolder),
                    (false, false) => (self.visit)(Entry::File(clean(&path), kind)),
                    (false, true) => (self.visit)(Entry::LeftOut(path)),
                }
            }
        }
    }

    /// The canonical path of something below the given folder: links are not followed on the way.
    fn real(&self, path: &Path, given: &Path) -> PathBuf {
        match (&self.top, path.strip_prefix(given)) {
            (Some((_, real)), Ok(below)) => real.join(below),
            _ => path.to_owned(),
        }
    }

    fn is_tracked(&mut self, real: &Path, is_folder: bool) -> bool {
        let Some((top, _)) = &self.top else { return false };
        let tracked = self.tracked.get_or_insert_with(|| Tracked::of(top));
        real.strip_prefix(top).is_ok_and(|path| tracked.holds(path, is_folder))
    }
}

/// The patterns from the top of a repository down to the folder above `real`, after git's own list of the repository.
fn above(top: &Path, real: &Path, boundary: &Boundary) -> Option<Rc<Patterns>> {
    let exclude = Boundary::default().text(&top.join(".git/info/exclude"));
    let patterns = exclude.ok().and_then(|text| parsed(top, &text)).map(|own| Rc::new(Patterns { own, above: None }));
    let mut folders: Vec<&Path> = real.ancestors().skip(1).take_while(|folder| folder.starts_with(top)).collect();
    folders.reverse();
    folders.into_iter().fold(patterns, |patterns, folder| with(folder, folder, patterns, boundary))
}

/// The patterns of a folder's `.gitignore` before those above it.
fn with(folder: &Path, real: &Path, above: Option<Rc<Patterns>>, boundary: &Boundary) -> Option<Rc<Patterns>> {
    let file = folder.join(".gitignore");
    // Git takes no `.gitignore` that is a link either.
    let text = if file.is_symlink() { None } else { boundary.bytes(&file, MAX_PATTERN_BYTES).ok() };
    match text.and_then(|text| parsed(real, &String::from_utf8_lossy(&text))) {
        Some(own) => Some(Rc::new(Patterns { own, above })),
        None => above,
    }
}

fn parsed(folder: &Path, text: &str) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.trim_start_matches('\u{feff}').lines() {
        // A bad pattern hides nothing.
        let _ = builder.add_line(None, line);
    }
    builder.build().ok().filter(|patterns| !patterns.is_empty())
}

/// Whether the nearest pattern that fits leaves a path out.
fn ignored(patterns: Option<&Patterns>, real: &Path, is_folder: bool) -> bool {
    let mut next = patterns;
    while let Some(patterns) = next {
        let found = patterns.own.matched(real, is_folder);
        if !found.is_none() {
            return found.is_ignore();
        }
        next = patterns.above.as_deref();
    }
    false
}
