//! Writes a report: to a file at once or not at all, or to standard output.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Writes to standard output.
pub fn print(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        // Whoever reads has seen enough (`iacscan | head`): the exit code still stands.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to standard output"),
    }
}

/// Puts a report in the place of `file`. It is written beside it and renamed: a full disk or a killed run leaves what was there, and
/// a link is replaced, not followed, since a pull request may have committed one of that name. `scanned` are the files that the
/// report is about; none of them is overwritten.
pub fn replace(file: &Path, bytes: &[u8], scanned: &[PathBuf]) -> Result<()> {
    let failed = || format!("cannot write {}", file.display());
    if is_device(file) {
        return OpenOptions::new().write(true).open(file).and_then(|mut out| out.write_all(bytes)).with_context(failed);
    }
    let place = place(file).with_context(failed)?;
    if scanned.iter().any(|path| self::place(path).is_ok_and(|path| path == place)) {
        bail!("{} is one of the scanned files: the report would overwrite it", file.display());
    }
    let folder = place.parent().unwrap_or(Path::new("."));
    let mut new = temporary(folder, &place).with_context(failed)?;
    new.write_all(bytes).and_then(|()| new.flush()).with_context(failed)?;
    new.persist(&place).map(drop).map_err(|error| error.error).with_context(failed)
}

/// Where a file lies: its folder without links, and its own name.
fn place(file: &Path) -> io::Result<PathBuf> {
    let name = file.file_name().ok_or_else(|| io::Error::new(ErrorKind::IsADirectory, "is a folder"))?;
    if std::fs::symlink_metadata(file).is_ok_and(|found| found.is_dir()) {
        return Err(io::Error::new(ErrorKind::IsADirectory, "is a folder"));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(folder.canonicalize()?.join(name))
}

/// A file of a name that nobody else has, with the rights of any new file.
fn temporary(folder: &Path, place: &Path) -> io::Result<tempfile::NamedTempFile<File>> {
    let prefix = format!(".{}.", place.file_name().unwrap_or_default().to_string_lossy());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let old = std::fs::symlink_metadata(place).ok().filter(|found| found.is_file()).map(|found| found.permissions());
        builder.permissions(old.unwrap_or_else(|| std::fs::Permissions::from_mode(0o666)));
    }
    builder.tempfile_in(folder)
}

/// `/dev/stdout` and its like, pipes and devices that are named themselves: they hold nothing that could be lost.
fn is_device(file: &Path) -> bool {
    if ["/dev", "/proc/self/fd"].iter().any(|folder| file.starts_with(folder)) {
        return true;
    }
    std::fs::symlink_metadata(file).is_ok_and(|found| !found.is_file() && !found.is_dir() && !found.is_symlink())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_report_takes_the_place_of_the_old_one() {
        let dir = tempfile::tempdir().expect("a folder");
        let report = dir.path().join("report");
        fs::write(&report, "old and longer").expect("a file");
        replace(&report, b"new", &[]).expect("a report");
        assert_eq!(fs::read(&report).expect("a file"), b"new");
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 1);
        assert!(replace(&dir.path().join("none/report"), b"new", &[]).is_err());
        assert!(replace(dir.path(), b"new", &[]).is_err());
    }

    #[test]
    fn a_scanned_file_is_not_overwritten() {
        let dir = tempfile::tempdir().expect("a folder");
        let source = dir.path().join("main.tf");
        fs::write(&source, "source").expect("a file");
        let refused = replace(&dir.path().join("./main.tf"), b"new", std::slice::from_ref(&source)).expect_err("refused");
        assert!(refused.to_string().contains("is one of the scanned files"), "{refused}");
        assert_eq!(fs::read(&source).expect("a file"), b"source");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a folder");
        let (target, link) = (dir.path().join("target"), dir.path().join("report"));
        fs::write(&target, "precious").expect("a file");
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        replace(&link, b"new", &[]).expect("a report");
        assert_eq!(fs::read(&target).expect("a file"), b"precious");
        assert!(fs::symlink_metadata(&link).expect("a file").is_file());
        // Rights of an old report stay.
        fs::set_permissions(&link, fs::Permissions::from_mode(0o640)).expect("rights");
        replace(&link, b"newer", &[]).expect("a report");
        assert_eq!(fs::metadata(&link).expect("a file").permissions().mode() & 0o777, 0o640);
    }
}
