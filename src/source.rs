//! Source files, spans into them, and the one table that holds them all.
//!
//! A file is read once per scan, however many units refer to it. Paths are kept as they should be shown (relative to the
//! working directory when the file lies below it).

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};

use crate::boundary::Boundary;

/// Index of a file in the [`SourceMap`]. The order of ids is not deterministic: never sort a report by it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FileId(pub u32);

/// A byte range of one file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// The file that the range lies in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of something that no source text stands for (a value given on the command line, a generated default).
    pub const NONE: Span = Span { file: FileId(u32::MAX), start: 0, end: 0 };

    /// A span from a byte range of `file`.
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        Span { file, start: range.start as u32, end: range.end as u32 }
    }

    /// Whether this is [`Span::NONE`].
    pub fn is_none(self) -> bool {
        self.file == Self::NONE.file
    }

    /// This span, or `other` where this one is [`Span::NONE`].
    pub fn or(self, other: Span) -> Span {
        if self.is_none() { other } else { self }
    }

    /// The byte range.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether `other` lies within this span (same file, inside the range).
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A position as editors show it: line and column from 1, the column in Unicode scalar values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in characters (not bytes).
    pub column: u32,
}

/// A source file: its path and its text.
pub struct SourceFile {
    /// The path to show.
    pub path: PathBuf,
    /// The text, without a byte-order mark.
    pub text: Arc<str>,
    lines: OnceLock<Vec<u32>>,
    /// How many characters stand before each [`SAMPLE_BYTES`] of the text: a file may have one line only, and 100,000 places in it.
    characters: OnceLock<Vec<u32>>,
}

/// How far apart the places are up to which characters are counted once.
const SAMPLE_BYTES: usize = 4096;

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceFile({})", self.path.display())
    }
}

impl SourceFile {
    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let is_break = if self.is_yaml() { is_yaml_break } else { |bytes: &[u8], i: usize| bytes.get(i) == Some(&b'\n') };
            let bytes = self.text.as_bytes();
            let breaks = (0..bytes.len()).filter(|i| is_break(bytes, *i));
            std::iter::once(0).chain(breaks.map(|i| i as u32 + 1)).collect()
        })
    }

    fn is_yaml(&self) -> bool {
        let extension = self.path.extension().unwrap_or_default();
        ["yaml", "yml", "template"].iter().any(|yaml| extension.eq_ignore_ascii_case(yaml))
    }

    /// The position of a byte offset; an offset past the end is the end.
    pub fn position(&self, offset: u32) -> Position {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let starts = self.line_starts();
        let line = starts.partition_point(|s| *s as usize <= offset) - 1;
        let start = starts[line] as usize;
        let column = match offset - start {
            near if near <= SAMPLE_BYTES => characters(&self.text.as_bytes()[start..offset]),
            _ => self.characters_before(offset) - self.characters_before(start),
        };
        Position { line: line as u32 + 1, column: column as u32 + 1 }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let samples = self.characters.get_or_init(|| {
            let counts = bytes.chunks(SAMPLE_BYTES).scan(0, |before, chunk| {
                let this = *before;
                *before += characters(chunk) as u32;
                Some(this)
            });
            counts.collect()
        });
        let sample = (offset / SAMPLE_BYTES).min(samples.len().saturating_sub(1));
        samples.get(sample).map_or(0, |before| *before as usize) + characters(&bytes[sample * SAMPLE_BYTES..offset])
    }

    /// The byte offset at which `line` (from 1) starts; the end of the text for a line past the last.
    pub fn line_start(&self, line: u32) -> u32 {
        self.line_starts().get(line.saturating_sub(1) as usize).copied().unwrap_or(self.text.len() as u32)
    }

    /// How many lines the file has.
    pub fn line_count(&self) -> u32 {
        self.line_starts().len() as u32
    }
}

/// Whether a line of YAML ends with a byte: at a line feed, or at a carriage return on its own (YAML 1.2.2, "Line Break Characters").
/// HCL and JSON know line feeds only.
pub fn is_yaml_break(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        Some(b'\n') => true,
        Some(b'\r') => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    }
}

/// How many characters start in a piece of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| **b & 0xC0 != 0x80).count()
}

/// Why a file could not be read as text.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReadError {
    /// The operating system refused.
    #[error("cannot read {path}: {cause}")]
    Io {
        /// The file.
        path: String,
        /// The system's message.
        cause: String,
    },
    /// The bytes are not UTF-8.
    #[error("{path} is not UTF-8 text (first invalid byte at offset {offset}, line {line})")]
    NotUtf8 {
        /// The file.
        path: String,
        /// Offset of the first invalid byte.
        offset: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// Not the scan's to read (see [`crate::boundary`]).
    #[error("{path} {} of the project: not read; `--allow-outside PATH` lets it be read", if *link { "is a link that leads out" } else { "lies outside" })]
    Outside {
        /// The file.
        path: String,
        /// Whether it is a link.
        link: bool,
    },
    /// Larger than any template may be.
    #[error("{path} has {size} bytes, more than the {limit} that are read")]
    TooLarge {
        /// The file.
        path: String,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
}

/// A path as it is shown and looked up: `.` dropped and `x/..` folded by name alone, as Terraform does with module sources.
/// The empty path becomes `.`.
pub fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            Component::ParentDir if out.has_root() => {}
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

/// Files larger than this are refused: CloudFormation's own limit is 1 MB, and no hand-written Terraform comes near.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// CloudFormation takes templates of 1 MB at most; this leaves room for one that is packaged before it is deployed.
pub const MAX_TEMPLATE_BYTES: u64 = 8 * 1024 * 1024;

/// Every file of a scan, each read once. Shared between threads.
#[derive(Default, Debug)]
pub struct SourceMap {
    /// What may be read.
    pub boundary: Boundary,
    inner: RwLock<Inner>,
}

#[derive(Default, Debug)]
struct Inner {
    files: Vec<Arc<SourceFile>>,
    by_path: HashMap<PathBuf, FileId>,
}

impl SourceMap {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under a path (for tests, and for text that was read already). The same path gives the same id.
    pub fn add(&self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        let path = clean(&path.into());
        let mut inner = self.inner.write().unwrap_or_else(|e| e.into_inner());
        if let Some(id) = inner.by_path.get(&path) {
            return *id;
        }
        let id = FileId(inner.files.len() as u32);
        inner.files.push(Arc::new(SourceFile {
            path: path.clone(),
            text: text.into(),
            lines: OnceLock::new(),
            characters: OnceLock::new(),
        }));
        inner.by_path.insert(path, id);
        id
    }

    /// Reads a file, or gives the id that it has already. A byte-order mark is dropped.
    pub fn read(&self, path: &Path) -> Result<FileId, ReadError> {
        let path = clean(path);
        if let Some(id) = self.inner.read().unwrap_or_else(|e| e.into_inner()).by_path.get(&path) {
            return Ok(*id);
        }
        let text = self.boundary.text(&path)?;
        Ok(self.add(path, text))
    }

    /// The paths of all files.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.inner.read().unwrap_or_else(|e| e.into_inner()).files.iter().map(|file| file.path.clone()).collect()
    }

    /// How many files were read.
    pub fn len(&self) -> usize {
        self.inner.read().unwrap_or_else(|e| e.into_inner()).files.len()
    }

    /// Whether no file was read yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The file of an id. Panics on [`Span::NONE`]'s id: check [`Span::is_none`] first.
    pub fn file(&self, id: FileId) -> Arc<SourceFile> {
        self.inner.read().unwrap_or_else(|e| e.into_inner()).files[id.0 as usize].clone()
    }

    /// The text that a span covers; empty for [`Span::NONE`].
    pub fn text(&self, span: Span) -> String {
        if span.is_none() {
            return String::new();
        }
        self.file(span.file).text.get(span.range()).unwrap_or_default().to_owned()
    }

    /// `path:line:column` of a span's start, for messages; `-` for [`Span::NONE`].
    pub fn place(&self, span: Span) -> String {
        if span.is_none() {
            return "-".to_owned();
        }
        let file = self.file(span.file);
        let at = file.position(span.start);
        format!("{}:{}:{}", file.path.display(), at.line, at.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carriage_return_ends_a_line_of_yaml() {
        let sources = SourceMap::new();
        let text = "a: 1\rb: 2\r\nc: 3\nd: 4\r\re: 5";
        let line = |path: &str| {
            let file = sources.file(sources.add(path, text));
            file.position(text.find('e').map_or(0, |at| at as u32)).line
        };
        assert_eq!((line("t.yaml"), line("t.YML"), line("t.json"), line("t.tf")), (6, 6, 3, 3));
    }

    #[test]
    fn paths_are_cleaned_by_name() {
        for (given, shown) in
            [("./a//b/../c.tf", "a/c.tf"), (".", "."), ("", "."), ("a/..", "."), ("../../x/.", "../../x"), ("/../a", "/a")]
        {
            assert_eq!(clean(Path::new(given)), Path::new(shown), "{given}");
        }
        let map = SourceMap::new();
        assert_eq!(map.add("./a/../b.tf", "x"), map.add("b.tf", "x"));
        assert_eq!(map.len(), 1);
    }

    #[test]
    fn positions_in_long_lines_count_characters() {
        let text = format!("x\n{}\nxé", "é=".repeat(10 * SAMPLE_BYTES));
        let map = SourceMap::new();
        let file = map.file(map.add("a", text.as_str()));
        for (offset, _) in text.char_indices().step_by(997).chain([(text.len(), ' ')]) {
            let line = text[..offset].rfind('\n').map_or(0, |at| at + 1);
            assert_eq!(file.position(offset as u32).column as usize, text[line..offset].chars().count() + 1, "{offset}");
        }
    }

    #[test]
    fn positions_count_characters_from_one() {
        let map = SourceMap::new();
        let id = map.add("a", "ab\né=x");
        let file = map.file(id);
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(5), Position { line: 2, column: 2 });
        assert_eq!(file.position(99), Position { line: 2, column: 4 });
    }
}
