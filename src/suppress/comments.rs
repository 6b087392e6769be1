//! Comments and the constructs that they stand at, in HCL, YAML and JSON. A light scan instead of a parse, so that it also
//! works in a file of which a part does not parse.

use std::ops::Range;

/// A comment that may hold a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its text with the marks of the comment.
    pub range: Range<usize>,
    /// The construct that it stands on or directly above; none where nothing follows.
    pub scope: Option<Range<usize>>,
}

/// The languages that are told apart here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Terraform.
    Hcl,
    /// CloudFormation, SAM.
    Yaml,
    /// Terraform's JSON: the property `//` is a comment.
    Json,
}

/// The comments of a text that hold `mark`, in order.
pub fn comments(text: &str, language: Language, mark: &str) -> Vec<Comment> {
    match language {
        Language::Hcl => super::hcl::comments(text, mark),
        Language::Yaml => super::yaml::comments(text, mark),
        Language::Json => super::json::comments(text, mark),
    }
}

/// Whether a comment stands directly above something, given the text between: an empty line parts the two.
pub fn adjacent(between: &str) -> bool {
    let mut rest = between.split('\n').skip(1).peekable();
    while let Some(line) = rest.next() {
        if rest.peek().is_some() && line.trim().is_empty() {
            return false;
        }
    }
    true
}

/// A line without its end, and where it starts.
pub fn lines(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let range = start..start + line.trim_end_matches(['\n', '\r']).len();
        start += line.len();
        range
    })
}
