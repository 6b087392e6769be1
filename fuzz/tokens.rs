//! Texts cut into tokens: coarse enough for every language that is mutated, fine enough to hit what its reader looks at.

use std::ops::Range;

/// How a text is cut, and what its hostile scalars look like.
#[derive(Clone, Copy, PartialEq)]
pub enum Language {
    /// Terraform.
    Hcl,
    /// JSON of any kind.
    Json,
    /// Templates.
    Yaml,
    /// `iacscan.toml`.
    Toml,
    /// Comments in any of them.
    Comments,
}

/// The places of the tokens of a text: texts in quotes, words and numbers, spaces within a line, line ends with their indentation, and
/// each other character by itself.
pub fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match first {
            '"' | '\'' => quoted(rest, first),
            c if word(c) => run(rest, word),
            '\n' => 1 + run(&rest[1..], |c| c == ' '),
            ' ' => run(rest, |c| c == ' '),
            c => c.len_utf8(),
        };
        found.push(at..at + length);
        at += length;
    }
    found
}

fn word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-' || c == '.'
}

fn run(text: &str, of: impl Fn(char) -> bool) -> usize {
    text.find(|c| !of(c)).unwrap_or(text.len())
}

/// Up to the closing quote on the same line; the quote alone where there is none.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => break,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    1
}

/// The tokens from an opening bracket to the one that closes it, or from a line to the last one that is indented deeper: what the
/// language takes as one thing.
pub fn thing(text: &str, tokens: &[Range<usize>], from: usize) -> Range<usize> {
    let own = |index: usize| tokens.get(index).and_then(|token| text.get(token.clone())).unwrap_or_default();
    let first = own(from);
    if matches!(first, "{" | "[" | "(") {
        let mut open = 0;
        for index in from..tokens.len() {
            open += depth(own(index));
            if open == 0 {
                return from..index + 1;
            }
        }
    } else if first.starts_with('\n') {
        let ends = |index: &usize| own(*index).starts_with('\n') && own(*index).len() <= first.len();
        // A line that closes what an earlier one opened belongs to it.
        let closed = |end: &usize| {
            let depth: i32 = (from..*end).map(|index| depth(own(index))).sum();
            depth == 0
        };
        let end = (from + 1..tokens.len()).filter(ends).find(closed);
        return from..end.unwrap_or(tokens.len());
    }
    from..from + 1
}

fn depth(token: &str) -> i32 {
    match token {
        "{" | "[" | "(" => 1,
        "}" | "]" | ")" => -1,
        _ => 0,
    }
}

/// The next token, from one on and around, that is a value by itself: what a language takes another value for.
pub fn scalar(text: &str, tokens: &[Range<usize>], from: usize) -> Option<usize> {
    let own = |index: usize| tokens.get(index).and_then(|token| text.get(token.clone())).unwrap_or_default();
    let value = |index: &usize| {
        let before = (0..*index).rev().map(own).find(|token| !token.trim().is_empty());
        let first = own(*index).chars().next();
        before.is_some_and(|token| matches!(token, "=" | ":" | "[" | "," | "("))
            && first.is_some_and(|c| word(c) || (matches!(c, '"' | '\'') && own(*index).len() > 1))
    };
    (from..tokens.len()).chain(0..from).find(value)
}
