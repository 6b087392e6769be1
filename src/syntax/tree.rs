//! A YAML or JSON file, read and parsed.

use std::path::Path;

use super::node::{Node, SyntaxError};
use super::{json, yaml};
use crate::source::{FileId, ReadError, SourceMap, Span};

/// What became of a file.
#[derive(Debug, Default)]
pub struct Tree {
    /// The file; none where it could not be read.
    pub file: Option<FileId>,
    /// Why it could not be read.
    pub unreadable: Option<ReadError>,
    /// The tree; none for an empty file and after a syntax error.
    pub node: Option<Node>,
    /// Where a second YAML document starts: the tree is that of the first.
    pub second_document: Option<Span>,
    /// What is wrong, in order.
    pub errors: Vec<SyntaxError>,
}

impl Tree {
    /// Reads and parses a file.
    pub fn read(sources: &SourceMap, path: &Path) -> Tree {
        match sources.read(path) {
            Ok(file) => {
                let source = sources.file(file);
                Tree::parse(file, path, &source.text)
            }
            Err(error) => Tree { unreadable: Some(error), ..Tree::default() },
        }
    }

    /// Parses a text: as JSON where the name ends in `.json`; as JSON, else YAML, where it starts with `{` (a `.template` may
    /// be either, and YAML's flow style looks like JSON); as YAML otherwise.
    pub fn parse(file: FileId, path: &Path, text: &str) -> Tree {
        let named_json = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
        if named_json || text.trim_start().starts_with('{') {
            let (node, errors) = json::parse(file, text);
            if named_json || node.is_some() {
                return Tree { file: Some(file), node, errors, ..Tree::default() };
            }
        }
        let stream = yaml::parse_stream(file, text);
        Tree { file: Some(file), node: stream.first, second_document: stream.second, errors: stream.errors, ..Tree::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_by_name_then_by_text() {
        let parse = |name: &str, text: &str| Tree::parse(FileId(0), Path::new(name), text);
        assert!(!parse("a.json", "{\"a\": 1,}").errors.is_empty());
        assert!(parse("a.yaml", "{\"a\": 1,}").node.is_some());
        assert!(parse("a.template", " {\"a\":\t1}").node.is_some());
        assert!(parse("a.template", "a: 1").node.is_some());
        assert!(parse("a.yaml", "a: 1\n---\nb: 1\n").second_document.is_some());
        let missing = Tree::read(&SourceMap::new(), Path::new("/nowhere/at/all"));
        assert!(missing.file.is_none() && missing.unreadable.is_some());
    }
}
