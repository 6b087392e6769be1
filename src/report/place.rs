//! Places as reports write them: paths with forward slashes, relative to the working directory or to the repository.

use std::path::{Component, Path, PathBuf};

use crate::source::{Position, SourceMap, Span};

/// A path with forward slashes on every system.
pub fn slashes(path: &Path) -> String {
    let shown = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { shown.into_owned() } else { shown.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// Where a span lies: file, first position, and the position after its last character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as shown.
    pub path: PathBuf,
    /// Its first character.
    pub start: Position,
    /// One past its last character.
    pub end: Position,
}

impl Place {
    /// The place of a span; `None` for [`Span::NONE`].
    pub fn of(span: Span, sources: &SourceMap) -> Option<Place> {
        if span.is_none() {
            return None;
        }
        let file = sources.file(span.file);
        let start = file.position(span.start);
        let end = file.position(span.end).max(start);
        Some(Place { path: file.path.clone(), start, end })
    }

    /// The place cut to its first line: where an annotation on a whole block belongs.
    pub fn first_line(span: Span, sources: &SourceMap) -> Option<Place> {
        Place::of(first_line(span, sources), sources)
    }
}

/// A span cut to its first line, without the white space at the end.
pub fn first_line(span: Span, sources: &SourceMap) -> Span {
    if span.is_none() {
        return span;
    }
    let file = sources.file(span.file);
    let Some(text) = file.text.get(span.range()) else { return span };
    let line = text.split(['\n', '\r']).next().unwrap_or_default().trim_end();
    Span { end: span.start + line.len() as u32, ..span }
}

/// The folder that paths in SARIF are relative to: the top of the git repository that the first scanned path lies in, or
/// the working directory where there is none.
pub fn repository_root(paths: &[PathBuf], directory: &Path) -> PathBuf {
    let first = paths.first().map_or(directory.to_owned(), |path| directory.join(path));
    let real = first.canonicalize().unwrap_or(first);
    let top = real.ancestors().find(|folder| folder.join(".git").exists());
    top.map_or_else(|| directory.to_owned(), Path::to_owned)
}

/// A path made absolute against `directory`, with `.` and `..` resolved by name alone.
pub fn absolute(path: &Path, directory: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in directory.join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// A path relative to `root`; `None` where it lies outside.
pub fn relative(path: &Path, directory: &Path, root: &Path) -> Option<PathBuf> {
    let absolute = absolute(path, directory);
    if let Ok(inside) = absolute.strip_prefix(root) {
        return Some(inside.to_owned());
    }
    let real_root = root.canonicalize().ok()?;
    absolute.canonicalize().ok()?.strip_prefix(real_root).ok().map(Path::to_owned)
}

/// A path as a URI reference (RFC 3986): forward slashes, everything but unreserved characters percent-encoded.
pub fn uri_path(path: &Path) -> String {
    let mut out = String::new();
    for byte in slashes(path).bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte as char),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// A `file:` URI of an absolute path.
pub fn file_uri(path: &Path) -> String {
    let encoded = uri_path(path).replacen("%3A/", ":/", 1);
    let slash = if encoded.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri_path(Path::new("a b/ü#1%.tf")), "a%20b/%C3%BC%231%25.tf");
        assert_eq!(file_uri(Path::new("/srv/my repo")), "file:///srv/my%20repo");
        assert_eq!(file_uri(Path::new("C:/repo")), "file:///C:/repo");
    }

    #[test]
    fn names_are_resolved_against_the_directory() {
        let (cwd, root) = (Path::new("/repo/infra"), Path::new("/repo"));
        assert_eq!(relative(Path::new("./main.tf"), cwd, root), Some(PathBuf::from("infra/main.tf")));
        assert_eq!(relative(Path::new("../app/x.yaml"), cwd, root), Some(PathBuf::from("app/x.yaml")));
        assert_eq!(relative(Path::new("../../other/x.yaml"), cwd, root), None);
    }

    #[test]
    fn a_block_is_pointed_at_by_its_first_line() {
        let sources = SourceMap::new();
        let file = sources.add("a.tf", "x {  \n  y = 1\n}\n");
        let place = Place::first_line(Span::new(file, 0..15), &sources).map(|p| (p.start, p.end));
        assert_eq!(place, Some((Position { line: 1, column: 1 }, Position { line: 1, column: 4 })));
    }
}
