//! Inputs: the files of a folder, by their paths in it.

use std::fs;
use std::path::{Path, PathBuf};

/// A file's path in its folder, and its text.
pub type File = (PathBuf, String);

/// The files of one scan, sorted by path.
#[derive(Clone, Default)]
pub struct Input(pub Vec<File>);

/// Folders with more are no seeds: a scan of each mutation would take too long.
const SEED_BYTES: usize = 40_000;

impl Input {
    /// All text files below a folder.
    pub fn read(folder: &Path) -> Input {
        let mut files = Vec::new();
        walk(folder, folder, &mut files);
        files.sort();
        Input(files)
    }

    /// Writes the files into a folder, which has nothing else afterwards.
    pub fn write(&self, folder: &Path) -> Result<(), String> {
        let told = |error: std::io::Error| format!("{}: {error}", folder.display());
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(told)?;
        }
        fs::create_dir_all(folder).map_err(told)?;
        for (name, text) in &self.0 {
            let path = folder.join(name);
            path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text)).map_err(told)?;
        }
        Ok(())
    }

    /// Whether it is small enough to be scanned thousands of times.
    pub fn is_small(&self) -> bool {
        !self.0.is_empty() && self.0.iter().map(|(_, text)| text.len()).sum::<usize>() < SEED_BYTES
    }
}

fn walk(folder: &Path, root: &Path, files: &mut Vec<File>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            walk(&path, root, files);
        } else if let (Ok(name), Ok(text)) = (path.strip_prefix(root), fs::read_to_string(&path))
            && name.file_name().is_some_and(|name| name != "expected")
        {
            files.push((name.to_owned(), text));
        }
    }
}

/// The folders below `folder` that are sources of one scan each: those with an `expected` file, and those that hold no other folder.
pub fn folders(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let inner: Vec<&PathBuf> = entries.iter().filter(|path| path.is_dir()).collect();
    if inner.is_empty() || entries.iter().any(|path| path.ends_with("expected")) {
        found.push(folder.to_owned());
    } else {
        inner.into_iter().for_each(|inner| folders(inner, found));
    }
}
