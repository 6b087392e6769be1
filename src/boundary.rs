//! What a scan may read. iacscan runs on pull requests of strangers: links, names and sizes in the scanned tree are theirs to choose.
//!
//! Every file that a scan reads is opened by [`Boundary::bytes`], and every folder listed by [`Boundary::entries`]; a test of the
//! repository keeps it so. Nothing outside of the project roots is opened but what the command line names, and inside of them
//! neither `.git` nor anything that is no regular file.

use std::collections::BTreeSet;
use std::fs::{DirEntry, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use crate::source::{MAX_FILE_BYTES, ReadError, clean};

/// Which files may be read. The default has no limit but that files are regular ones: for tests, and texts that are at hand.
#[derive(Clone, Debug, Default)]
pub struct Boundary {
    limited: bool,
    roots: BTreeSet<PathBuf>,
    modules: Arc<RwLock<BTreeSet<PathBuf>>>,
    files: BTreeSet<PathBuf>,
}

/// As many links one behind the other are followed.
const MAX_LINKS: usize = 16;

/// File systems whose files are no data: reading them shows processes and devices, or has effects.
const SYSTEM: [&str; 3] = ["/proc", "/sys", "/dev"];

impl Boundary {
    /// The boundary of a scan of these paths: the git repository around each; without one its own folder.
    pub fn around<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Boundary {
        let mut boundary = Boundary { limited: true, ..Boundary::default() };
        for real in paths.into_iter().filter_map(|path| path.canonicalize().ok()) {
            let own = if real.is_dir() { real.as_path() } else { real.parent().unwrap_or(&real) };
            boundary.roots.insert(git_top(own).unwrap_or(own).to_owned());
        }
        boundary
    }

    /// Lets everything below a path be read, as the user asks on the command line (`--allow-outside`).
    pub fn allow(&mut self, path: &Path) {
        self.roots.extend(path.canonicalize().ok());
    }

    /// Lets a file be read that the command line names. It may also be a pipe of the process itself (`<(…)` of a shell).
    pub fn name_file(&mut self, path: &Path) {
        self.files.insert(clean(path));
        self.files.extend(path.canonicalize().ok());
    }

    /// Lets the Terraform files of a folder be read, and nothing else in it.
    pub fn allow_modules(&self, folder: &Path) {
        self.modules.write().unwrap_or_else(|e| e.into_inner()).extend(folder.canonicalize().ok());
    }

    fn is_module(&self, real: &Path) -> bool {
        self.modules.read().unwrap_or_else(|e| e.into_inner()).contains(real)
    }

    /// Whether a canonical path lies outside of every git repository and inside of a root: a module that stands there may call
    /// modules that lie beside it, since nothing says where the project ends.
    pub fn ends_unknown(&self, folder: &Path) -> bool {
        folder
            .canonicalize()
            .is_ok_and(|real| git_top(&real).is_none() && (self.is_module(&real) || self.roots.iter().any(|root| real.starts_with(root))))
    }

    /// The top of the project that a canonical folder belongs to: the outermost root around it, or its git repository where
    /// nothing is limited.
    pub fn project_of(&self, folder: &Path) -> Option<PathBuf> {
        let root = || self.roots.iter().find(|root| folder.starts_with(root)).map(PathBuf::as_path);
        if self.limited { root() } else { git_top(folder) }.map(Path::to_owned)
    }

    /// Whether a path may be looked at. Of a path that is not there, the nearest folder that is there decides: what exists
    /// outside is nobody's business.
    pub fn permits(&self, path: &Path) -> bool {
        !self.limited || self.files.contains(&clean(path)) || self.real(path).is_some_and(|real| self.permits_real(&real))
    }

    fn permits_real(&self, real: &Path) -> bool {
        if self.files.contains(real) {
            return true;
        }
        let inside =
            |root: &PathBuf| real.strip_prefix(root).is_ok_and(|below| !below.iter().any(|part| part.eq_ignore_ascii_case(".git")));
        self.roots.iter().any(inside) && !is_system(real) || self.is_module_file(real)
    }

    fn is_module_file(&self, real: &Path) -> bool {
        if self.is_module(real) {
            return true;
        }
        let is_configuration = real.file_name().and_then(|name| name.to_str()).is_some_and(crate::terraform::is_configuration);
        is_configuration && real.parent().is_some_and(|folder| self.is_module(folder))
    }

    /// The canonical path; of what is not there, the canonical path of the nearest folder with the rest behind it.
    fn real(&self, path: &Path) -> Option<PathBuf> {
        self.followed(path, MAX_LINKS)
    }

    fn followed(&self, path: &Path, links: usize) -> Option<PathBuf> {
        let path = clean(path);
        let mut rest: Vec<&std::ffi::OsStr> = Vec::new();
        for folder in path.ancestors() {
            let folder_or_here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            match folder_or_here.canonicalize() {
                Ok(real) => return Some(rest.iter().rev().fold(real, |at, name| at.join(name))),
                // A link that leads nowhere: where it would lead decides.
                Err(_) if folder_or_here.is_symlink() => {
                    let target = folder_or_here.parent()?.join(std::fs::read_link(folder_or_here).ok()?);
                    let there = rest.iter().rev().fold(target, |at, name| at.join(name));
                    return self.followed(&there, links.checked_sub(1)?);
                }
                Err(_) => rest.push(folder.file_name()?),
            }
        }
        None
    }

    /// Whether a regular file is there that may be read.
    pub fn is_file(&self, path: &Path) -> bool {
        self.permits(path) && path.is_file()
    }

    /// Whether a folder is there that may be looked into.
    pub fn is_dir(&self, path: &Path) -> bool {
        self.permits(path) && path.is_dir()
    }

    /// What a folder holds, sorted by name; nothing where it may not be looked into.
    pub fn entries(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        if !self.permits(folder) {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, outside(folder)));
        }
        let mut entries: Vec<PathBuf> = self.listed(folder)?.iter().map(DirEntry::path).collect();
        entries.sort();
        Ok(entries)
    }

    /// The entries of a folder that the walk has come to, in no order. It starts at what the command line names and follows no link: it
    /// cannot leave.
    pub fn listed(&self, folder: &Path) -> io::Result<Vec<DirEntry>> {
        Ok(std::fs::read_dir(folder)?.filter_map(Result::ok).collect())
    }

    /// How many bytes a regular file has that may be read.
    pub fn size(&self, path: &Path) -> Option<u64> {
        if !self.permits(path) {
            return None;
        }
        std::fs::metadata(path).ok().filter(Metadata::is_file).map(|metadata| metadata.len())
    }

    /// The whole of a file, refused where it has more bytes than `limit`.
    pub fn bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        let (bytes, size) = self.start(path, limit)?;
        if size > limit {
            return Err(ReadError::TooLarge { path: path.display().to_string(), size, limit });
        }
        Ok(bytes)
    }

    /// A whole file as UTF-8, without its byte-order mark.
    pub fn text(&self, path: &Path) -> Result<String, ReadError> {
        let text = String::from_utf8(self.bytes(path, MAX_FILE_BYTES)?).map_err(|e| {
            let offset = e.utf8_error().valid_up_to();
            let line = e.as_bytes()[..offset].iter().filter(|b| **b == b'\n').count() + 1;
            ReadError::NotUtf8 { path: path.display().to_string(), offset, line }
        })?;
        Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        })
    }

    /// The first bytes of a file, up to `limit`, and how many it has.
    pub fn start(&self, path: &Path, limit: u64) -> Result<(Vec<u8>, u64), ReadError> {
        let io = |cause: io::Error| ReadError::Io { path: path.display().to_string(), cause: cause.to_string() };
        let file = self.open(path)?;
        let size = file.metadata().map_err(io)?.len();
        // A file may grow, and a pipe has no size: what is read counts.
        let mut bytes = Vec::with_capacity(size.min(limit) as usize + 1);
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(io)?;
        let size = size.max(bytes.len() as u64);
        bytes.truncate(limit as usize);
        Ok((bytes, size))
    }

    /// Opens a file once; what was opened is looked at again, so that it cannot be exchanged for something else in between.
    fn open(&self, path: &Path) -> Result<File, ReadError> {
        let shown = || path.display().to_string();
        let io = |cause: io::Error| ReadError::Io { path: shown(), cause: cause.to_string() };
        if self.is_own_pipe(path) {
            return File::open(path).map_err(io);
        }
        if !self.permits(path) {
            return Err(ReadError::Outside { path: shown(), link: path.is_symlink() });
        }
        let real = path.canonicalize().map_err(io)?;
        let regular = |metadata: Metadata| match metadata.is_file() {
            true => Ok(()),
            false => Err(ReadError::Io { path: shown(), cause: "not a regular file".to_owned() }),
        };
        regular(std::fs::symlink_metadata(&real).map_err(io)?)?;
        let file = without_waiting().open(&real).map_err(io)?;
        regular(file.metadata().map_err(io)?)?;
        Ok(file)
    }

    /// Whether a path is a pipe that whoever started the scan has made for it.
    fn is_own_pipe(&self, path: &Path) -> bool {
        let descriptor = ["/dev/fd", "/proc/self/fd", "/dev/stdin"].iter().any(|folder| path.starts_with(folder));
        descriptor && self.files.contains(&clean(path))
    }
}

/// Why something is not read, with the way to let it be read.
pub fn outside(path: &Path) -> String {
    format!("{} lies outside of the project and is not read; `--allow-outside PATH` lets it be read", path.display())
}

fn is_system(real: &Path) -> bool {
    cfg!(unix) && SYSTEM.iter().any(|folder| real.starts_with(folder))
}

/// Options that never wait for the other end of a pipe, and never follow a link.
fn without_waiting() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW | libc::O_NOCTTY);
    }
    options
}

/// The top of the git repository that a canonical path lies in.
pub fn git_top(real: &Path) -> Option<&Path> {
    real.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, file).expect("a file");
        }
        dir
    }

    #[test]
    fn the_repository_is_the_boundary() {
        let dir = tree(&["repo/.git/config", "repo/a/main.tf", "repo/b/x.txt", "secret", "other/main.tf"]);
        let at = |path: &str| dir.path().join(path);
        let boundary = Boundary::around([at("repo/a").as_path()]);
        let read = |path: &str| boundary.bytes(&at(path), 100).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert_eq!(read("repo/a/../b/x.txt").expect("inside"), "repo/b/x.txt");
        for path in ["secret", "repo/../secret", "repo/.git/config", "other/main.tf", "nothing", "repo/../nothing"] {
            assert!(matches!(read(path), Err(ReadError::Outside { .. })), "{path}");
            assert!(!boundary.is_file(&at(path)) && !boundary.permits(&at(path)), "{path}");
        }
        assert!(matches!(read("repo/none"), Err(ReadError::Io { .. })));
        assert!(boundary.permits(&at("repo/none/deeper")));
        assert!(boundary.entries(&at("other")).is_err());
    }

    #[test]
    fn without_a_repository_the_path_is_the_boundary() {
        let dir = tree(&["a/main.tf", "a/sub/x", "m/main.tf", "m/secret.txt", "m/.hidden.tf", "cwd"]);
        let at = |path: &str| dir.path().join(path);
        let mut boundary = Boundary::around([at("a").as_path()]);
        let readable = |boundary: &Boundary, path: &str| boundary.bytes(&at(path), 100).is_ok();
        assert!(readable(&boundary, "a/sub/x") && !readable(&boundary, "m/main.tf") && !readable(&boundary, "cwd"));
        assert!(boundary.ends_unknown(&at("a")) && !boundary.ends_unknown(&at("m")));
        boundary.allow_modules(&at("m"));
        assert!(readable(&boundary, "m/main.tf") && boundary.is_dir(&at("m")) && boundary.ends_unknown(&at("m")));
        assert!(!readable(&boundary, "m/secret.txt") && !readable(&boundary, "m/.hidden.tf") && !boundary.permits(&at("m/sub/main.tf")));
        boundary.allow(&at("m"));
        assert!(readable(&boundary, "m/secret.txt"));
        assert!(!readable(&boundary, "cwd"));
        boundary.name_file(&at("cwd"));
        assert!(readable(&boundary, "cwd"));
    }

    #[test]
    fn no_more_than_the_limit_is_read() {
        let dir = tree(&["abcd"]);
        let boundary = Boundary::default();
        let path = dir.path().join("abcd");
        assert!(matches!(boundary.bytes(&path, 3), Err(ReadError::TooLarge { size: 4, limit: 3, .. })));
        assert_eq!(boundary.bytes(&path, 4).expect("all"), b"abcd");
        assert_eq!(boundary.start(&path, 2).expect("a part"), (b"ab".to_vec(), 4));
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere_else() {
        use std::os::unix::fs::symlink;
        let dir = tree(&["repo/.git/x", "repo/real.tf", "secret"]);
        let at = |path: &str| dir.path().join(path);
        for (to, link) in [
            (at("secret"), "out.tf"),
            (at("repo/real.tf"), "in.tf"),
            (at("gone"), "gone.tf"),
            (at("repo/none"), "none.tf"),
            (dir.path().to_owned(), "up"),
        ] {
            symlink(to, at("repo").join(link)).expect("a link");
        }
        symlink("/proc/self/environ", at("repo/environ")).expect("a link");
        let boundary = Boundary::around([at("repo").as_path()]);
        assert!(boundary.bytes(&at("repo/in.tf"), 100).is_ok());
        for link in ["out.tf", "gone.tf", "up/secret", "environ"] {
            assert!(matches!(boundary.bytes(&at("repo").join(link), 100), Err(ReadError::Outside { .. })), "{link}");
        }
        assert!(matches!(boundary.bytes(&at("repo/none.tf"), 100), Err(ReadError::Io { .. })));
        // Not even where everything is in the project.
        assert!(Boundary::around([Path::new("/")]).bytes(Path::new("/proc/self/environ"), 100).is_err());
        assert!(Boundary::around([Path::new("/")]).bytes(Path::new("/dev/zero"), 100).is_err());
    }
}
