//! What git tracks, read from `.git/index`: `.gitignore` leaves out what git does not track, and nothing else ("Files already tracked
//! by Git are not affected", gitignore(5)). A line in a pull request's `.gitignore` must not take its own files out of the scan.
//!
//! The format is git's `gitformat-index`, versions 2 to 4. The crates that read it bring some seventy others, for a list of names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The files that a repository tracks, by their paths from its top, with `/`.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    names: BTreeSet<Vec<u8>>,
}

/// Larger indices are not read; a million files have some 100 MB.
const MAX_INDEX_BYTES: u64 = 512 * 1024 * 1024;
/// Times, ids, sizes of an entry, before its hash.
const STAT_BYTES: usize = 40;

impl Tracked {
    /// What the repository at `top` tracks; nothing where its index cannot be read.
    pub(super) fn of(top: &Path) -> Tracked {
        let index = git_folder(top).map(|folder| folder.join("index"));
        // Git's own file, of which nothing is ever shown: it lies where no commit can put anything.
        let bytes = index.and_then(|index| crate::boundary::Boundary::default().bytes(&index, MAX_INDEX_BYTES).ok());
        let bytes = bytes.unwrap_or_default();
        // A repository says in its configuration which hash it uses; only one of them makes sense of the entries.
        Tracked { names: [20, 32].iter().find_map(|hash| names(&bytes, *hash)).unwrap_or_default() }
    }

    /// Whether a file, or anything below a folder, is tracked. `path` starts at the top of the repository.
    pub(super) fn holds(&self, path: &Path, is_folder: bool) -> bool {
        let mut name = path.components().map(|part| part.as_os_str().as_encoded_bytes()).collect::<Vec<_>>().join(&b'/');
        if !is_folder {
            return self.names.contains(&name);
        }
        name.push(b'/');
        self.names.range(name.clone()..).next().is_some_and(|first| first.starts_with(&name))
    }
}

/// The folder of git's own files: `.git`, or what the file `.git` of a work tree or submodule names.
fn git_folder(top: &Path) -> Option<PathBuf> {
    let git = top.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let text = crate::boundary::Boundary::default().bytes(&git, 4096).ok()?;
    let named = std::str::from_utf8(&text).ok()?.strip_prefix("gitdir:")?.trim().to_owned();
    Some(top.join(named))
}

/// The names of the entries; `None` where the bytes are no index with hashes of that length.
fn names(bytes: &[u8], hash: usize) -> Option<BTreeSet<Vec<u8>>> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let version = number(4).filter(|version| bytes.starts_with(b"DIRC") && (2..=4).contains(version))?;
    let count = number(8)?;
    let mut names = BTreeSet::new();
    let mut last: Vec<u8> = Vec::new();
    let mut at = 12;
    for _ in 0..count {
        let flags = at + STAT_BYTES + hash;
        let first = *bytes.get(flags)?;
        // Bit 14 announces two more bytes of flags.
        let mut name = flags + if version >= 3 && first & 0x40 != 0 { 4 } else { 2 };
        if version == 4 {
            let (strip, next) = variable_length(bytes, name)?;
            last.truncate(last.len().checked_sub(strip)?);
            name = next;
        } else {
            last.clear();
        }
        let length = bytes.get(name..)?.iter().position(|byte| *byte == 0)?;
        last.extend_from_slice(bytes.get(name..name + length)?);
        at = match version {
            4 => name + length + 1,
            // Entries are padded with one to eight zeros to a multiple of eight bytes.
            _ => at + (name + length - at) / 8 * 8 + 8,
        };
        names.insert(last.clone());
    }
    Some(names)
}

/// A number in git's "offset encoding", and where it ends.
fn variable_length(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut byte = *bytes.get(at)?;
    let mut value = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *bytes.get(at)?;
        value = value.checked_add(1)?.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
    }
    Some((value, at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn git(dir: &Path, args: &[&str]) {
        let done = Command::new("git").current_dir(dir).args(args).output().expect("git runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    #[test]
    fn every_version_of_the_index_is_read() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(dir.path().join("infra/prod")).expect("folders");
        for file in ["a.tf", "infra/main.tf", "infra/prod/main.tf", "infra/prod/maint.tf", "infra/new.tf", "other.yaml"] {
            std::fs::write(dir.path().join(file), file).expect("a file");
        }
        git(dir.path(), &["init", "-q"]);
        git(dir.path(), &["add", "a.tf", "infra/main.tf", "infra/prod"]);
        for version in ["2", "4"] {
            git(dir.path(), &["update-index", "--index-version", version]);
            if version == "4" {
                // Extended flags.
                git(dir.path(), &["add", "-N", "infra/new.tf"]);
            }
            let tracked = Tracked::of(dir.path());
            let is = |path: &str, folder: bool| tracked.holds(Path::new(path), folder);
            assert!(is("a.tf", false) && is("infra/prod/maint.tf", false) && is("infra", true) && is("infra/prod", true), "{version}");
            assert!(!is("other.yaml", false) && !is("infra/pro", true) && !is("infra", false) && !is("b", true), "{version}");
            assert_eq!(is("infra/new.tf", false), version == "4");
        }
    }

    #[test]
    fn what_is_no_index_tracks_nothing() {
        let mut broken = b"DIRC\0\0\0\x04\xff\xff\xff\xff".to_vec();
        assert!(names(&broken, 20).is_none());
        broken.extend([0xff; 200]);
        assert!(names(&broken, 20).is_none());
        assert!(names(b"", 20).is_none() && names(b"DIRC\0\0\0\x09\0\0\0\0", 20).is_none());
        assert!(!Tracked::of(Path::new("/nowhere")).holds(Path::new(""), true));
    }
}
