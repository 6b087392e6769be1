//! libyaml's errors in words that name the cause, at a place that helps.
#![deny(unsafe_code)]

use super::Failure;
use crate::source::{FileId, Span, is_yaml_break};
use crate::syntax::node::SyntaxError;

/// The error to report for a failure.
pub(super) fn explain(file: FileId, text: &str, failure: &Failure) -> SyntaxError {
    let context = failure.context.as_deref().unwrap_or_default();
    let began = line_of(text, failure.context_offset);
    let at = text.get(failure.offset.min(text.len())..).and_then(|rest| rest.chars().next());
    let (message, offset) = match failure.problem.as_str() {
        _ if at == Some('!') && second_tag(text, failure.offset) => {
            let why = "a value has one tag only: write the outer function in its long form (`Fn::Base64: !Sub …`)";
            (why.to_owned(), failure.offset)
        }
        "found character that cannot start any token" => (unexpected_character(at), failure.offset),
        "found unexpected end of stream" if context == "while scanning a quoted scalar" => {
            ("the quoted text that starts here is not closed".to_owned(), failure.context_offset)
        }
        "mapping values are not allowed in this context" => {
            let why = "a `:` that makes a key is not allowed here: the line is indented wrongly, or the text needs quotes";
            (why.to_owned(), failure.offset)
        }
        "could not find expected ':'" => (format!("a `:` is missing after the key on line {began}"), failure.context_offset),
        "did not find expected key" => {
            (format!("expected another key of the mapping that starts on line {began}: wrong indentation?"), failure.offset)
        }
        "did not find expected '-' indicator" => {
            (format!("expected another `-` of the list that starts on line {began}: wrong indentation?"), failure.offset)
        }
        "did not find expected ',' or ']'" => (format!("expected `,` or `]` in the list that starts on line {began}"), failure.offset),
        "did not find expected ',' or '}'" => (format!("expected `,` or `}}` in the mapping that starts on line {began}"), failure.offset),
        "did not find expected node content" => ("expected a value here".to_owned(), failure.offset),
        problem if context.is_empty() => (problem.to_owned(), failure.offset),
        problem => (format!("{problem} ({context} that starts on line {began})"), failure.offset),
    };
    SyntaxError { message, span: character(file, text, offset) }
}

/// Whether a tag stands right before the one at `offset`.
fn second_tag(text: &str, offset: usize) -> bool {
    let before = text.get(..offset).unwrap_or_default();
    before.ends_with(' ') && before.trim_end().rsplit(char::is_whitespace).next().is_some_and(|word| word.starts_with('!'))
}

fn unexpected_character(at: Option<char>) -> String {
    match at {
        Some('\t') => "a tab where YAML wants spaces".to_owned(),
        Some(c) => format!("`{c}` cannot start an unquoted value: put it in quotes"),
        None => "the file ends where a value should start".to_owned(),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    (0..offset.min(text.len())).filter(|at| is_yaml_break(text.as_bytes(), *at)).count() + 1
}

/// The character at an offset; past the last text of the file, that text's last character: the line after it is empty.
fn character(file: FileId, text: &str, offset: usize) -> Span {
    let mut start = offset.min(text.trim_end().len().saturating_sub(1));
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let width = text[start..].chars().next().map_or(0, char::len_utf8);
    Span::new(file, start..start + width)
}
