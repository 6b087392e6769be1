//! Comparing texts that have holes: yes, no, or cannot tell.

pub mod placeholder;
pub mod samples;

use std::sync::Arc;

use crate::value::{Part, Pseudo, Text};

/// A three-valued answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// In every deploy.
    Yes,
    /// In no deploy.
    No,
    /// Depends on what is not known.
    Maybe,
}

impl Answer {
    /// Both.
    pub fn and(self, other: Answer) -> Answer {
        match (self, other) {
            (Answer::No, _) | (_, Answer::No) => Answer::No,
            (Answer::Yes, Answer::Yes) => Answer::Yes,
            _ => Answer::Maybe,
        }
    }

    /// Both, where the second is asked only if it can matter.
    pub fn and_then(self, other: impl FnOnce() -> Answer) -> Answer {
        if self == Answer::No { Answer::No } else { self.and(other()) }
    }

    /// The opposite.
    #[allow(clippy::should_implement_trait)]
    pub fn not(self) -> Answer {
        match self {
            Answer::Yes => Answer::No,
            Answer::No => Answer::Yes,
            Answer::Maybe => Answer::Maybe,
        }
    }

    /// One of them at least.
    pub fn or(self, other: Answer) -> Answer {
        match (self, other) {
            (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
            (Answer::No, Answer::No) => Answer::No,
            _ => Answer::Maybe,
        }
    }
}

impl From<bool> for Answer {
    fn from(b: bool) -> Self {
        if b { Answer::Yes } else { Answer::No }
    }
}

/// Whether two texts are the same string.
pub fn same(a: &Text, b: &Text) -> Answer {
    match (a.as_known(), b.as_known()) {
        (Some(a), Some(b)) => (a == b).into(),
        _ => compare(&tokens(a, false), &tokens(b, false)),
    }
}

/// Whether `pattern`, in which `*` stands for any run of characters and `?` for one, matches `subject`. Case counts.
pub fn glob(pattern: &Text, subject: &Text) -> Answer {
    match (pattern.as_known(), subject.as_known()) {
        (Some(pattern), Some(subject)) if pattern.contains('*') && too_long(pattern.len(), subject.len()) => Answer::Maybe,
        (Some(pattern), Some(subject)) => glob_known(pattern, subject).into(),
        _ => compare(&tokens(pattern, true), &tokens(subject, false)),
    }
}

/// [`glob`] over known strings, in linear time for patterns with one star.
pub fn glob_known(pattern: &str, subject: &str) -> bool {
    let (pattern, subject) = (pattern.as_bytes(), subject.as_bytes());
    let (mut p, mut s) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while s < subject.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, s));
                p += 1;
            }
            // `?` is one character: a whole UTF-8 sequence, not one byte.
            Some(b'?') => {
                p += 1;
                s += 1;
                while subject.get(s).is_some_and(|b| b & 0xc0 == 0x80) {
                    s += 1;
                }
            }
            Some(c) if *c == subject[s] => {
                p += 1;
                s += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    s = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[derive(Clone, Debug)]
enum Token {
    Char(char),
    Star,
    Question,
    Hole(Part),
}

fn tokens(text: &Text, wildcards: bool) -> Vec<Token> {
    let mut out = Vec::new();
    for part in text.parts() {
        match part {
            Part::Literal(literal) => out.extend(literal.chars().map(|c| match c {
                '*' if wildcards => Token::Star,
                '?' if wildcards => Token::Question,
                c => Token::Char(c),
            })),
            hole => out.push(Token::Hole(hole)),
        }
    }
    out
}

/// Whether two holes stand for the same text in every deploy.
pub fn same_hole(a: &Part, b: &Part) -> bool {
    match (a, b) {
        (Part::Attr(a), Part::Attr(b)) => a.resource == b.resource && a.path == b.path,
        (Part::Pseudo(a), Part::Pseudo(b)) => a == b,
        (Part::Unknown(a), Part::Unknown(b)) => Arc::ptr_eq(a, b) || (a.identity.is_some() && a.identity == b.identity),
        _ => false,
    }
}

/// The beginning of the path for the id of an authorizer that an API's body declares: its name follows.
pub const AUTHORIZER: &str = "authorizer ";

/// Ids, names and versions that AWS generates: one of a resource never equals one of another.
fn is_generated(part: &Part) -> bool {
    let Part::Attr(attr) = part else { return false };
    // Two data sources may read one and the same thing.
    let made_up = matches!(attr.path.as_str(), "id" | "name" | "version") || attr.path.starts_with(AUTHORIZER);
    !attr.is_of_data_source() && made_up
}

/// Whether the text that a hole stands for may have a character.
pub fn may_contain(hole: &Part, c: char) -> bool {
    match hole {
        Part::Pseudo(Pseudo::AccountId) => c.is_ascii_digit(),
        Part::Pseudo(Pseudo::Region | Pseudo::Partition) => c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
        Part::Pseudo(Pseudo::UrlSuffix) => c.is_ascii_lowercase() || c == '.',
        Part::Pseudo(Pseudo::StackName) => c.is_ascii_alphanumeric() || c == '-',
        // Lambda numbers its versions.
        Part::Attr(attr) if attr.path == "version" => c.is_ascii_digit(),
        generated if is_generated(generated) => c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.',
        _ => true,
    }
}

fn may_be_empty(hole: &Part) -> bool {
    !matches!(hole, Part::Pseudo(_)) && !is_generated(hole)
}

fn certainly_equal(p: &Token, s: &Token) -> bool {
    match (p, s) {
        (Token::Char(a), Token::Char(b)) => a == b,
        (Token::Question, Token::Char(_)) => true,
        (Token::Hole(a), Token::Hole(b)) => same_hole(a, b),
        _ => false,
    }
}

/// How many steps a comparison may take: two texts as long as the longest ARN (2,048 characters) and some more.
const MAX_STEPS: usize = 1 << 24;

/// Whether a comparison, which takes a step for each pair of characters, would take too long.
fn too_long(pattern: usize, subject: usize) -> bool {
    pattern.saturating_mul(subject) > MAX_STEPS
}

fn compare(pattern: &[Token], subject: &[Token]) -> Answer {
    // A common head or tail is the same in every deploy, also where it holds a hole: what decides is between them.
    let literal = |t: &Token| !matches!(t, Token::Star | Token::Question);
    let head = pattern.iter().zip(subject).take_while(|(p, s)| literal(p) && certainly_equal(p, s)).count();
    let (pattern, subject) = (&pattern[head..], &subject[head..]);
    let tail = pattern.iter().rev().zip(subject.iter().rev()).take_while(|(p, s)| literal(p) && certainly_equal(p, s)).count();
    let (pattern, subject) = (&pattern[..pattern.len() - tail], &subject[..subject.len() - tail]);
    if too_long(pattern.len(), subject.len()) {
        return Answer::Maybe;
    }
    if matches_all(pattern, subject) {
        Answer::Yes
    } else if could_match(pattern, subject) {
        Answer::Maybe
    } else {
        Answer::No
    }
}

/// Whether the pattern matches whatever the holes are.
fn matches_all(pattern: &[Token], subject: &[Token]) -> bool {
    let mut row = vec![false; subject.len() + 1];
    row[0] = true;
    for p in pattern {
        let mut next = vec![false; subject.len() + 1];
        next[0] = row[0] && matches!(p, Token::Star);
        for (j, s) in subject.iter().enumerate() {
            next[j + 1] = match p {
                Token::Star => row[j + 1] || next[j],
                p => row[j] && certainly_equal(p, s),
            };
        }
        row = next;
    }
    row[subject.len()]
}

/// Whether some filling of the holes lets the pattern match. Only the row of the pattern's next token is kept.
fn could_match(pattern: &[Token], subject: &[Token]) -> bool {
    let mut row = vec![false; subject.len() + 1];
    row[0] = true;
    for at in 0..=pattern.len() {
        let p = pattern.get(at);
        let skips = p.is_some_and(|p| matches!(p, Token::Star) || matches!(p, Token::Hole(h) if may_be_empty(h)));
        let mut next = vec![false; subject.len() + 1];
        for j in 0..=subject.len() {
            if !row[j] {
                continue;
            }
            next[j] |= skips;
            let Some(s) = subject.get(j) else { continue };
            row[j + 1] |= matches!(s, Token::Hole(h) if may_be_empty(h));
            let Some(p) = p.filter(|p| could_touch(p, s)) else { continue };
            next[j + 1] = true;
            row[j + 1] |= matches!(p, Token::Star | Token::Hole(_));
            next[j] |= matches!(s, Token::Hole(_));
        }
        if p.is_none() {
            break;
        }
        row = next;
    }
    row[subject.len()]
}

fn could_touch(p: &Token, s: &Token) -> bool {
    match (p, s) {
        (Token::Star, _) => true,
        (Token::Question, _) => true,
        (Token::Char(a), Token::Char(b)) => a == b,
        (Token::Char(c), Token::Hole(h)) | (Token::Hole(h), Token::Char(c)) => may_contain(h, *c),
        (Token::Hole(a), Token::Hole(b)) => !(is_generated(a) && is_generated(b)) || same_hole(a, b),
        (_, Token::Star | Token::Question) => true,
    }
}

/// A text cut at the first `limit - 1` occurrences of `separator` in its literal parts: `limit` pieces at the most.
/// A hole is taken not to contain the separator where it is account, region or a generated id; `None` where a hole that
/// could contain it stands before the cut is complete.
pub fn split(text: &Text, separator: char, limit: usize) -> Option<Vec<Text>> {
    let mut pieces = vec![Vec::new()];
    for part in text.parts() {
        match part {
            Part::Literal(literal) => {
                let room = limit - pieces.len() + 1;
                for (n, piece) in literal.splitn(room.max(1), separator).enumerate() {
                    if n > 0 {
                        pieces.push(Vec::new());
                    }
                    if let Some(last) = pieces.last_mut() {
                        last.push(Part::Literal(piece.into()));
                    }
                }
            }
            hole => {
                if pieces.len() < limit && may_contain(&hole, separator) {
                    return None;
                }
                if let Some(last) = pieces.last_mut() {
                    last.push(hole);
                }
            }
        }
    }
    Some(pieces.into_iter().map(Text::from_parts).collect())
}

/// The pieces between the occurrences of `separator` in the literal parts, holes taken not to contain it; `limit` pieces at the most.
pub fn split_literal(text: &Text, separator: char, limit: usize) -> Vec<Text> {
    let mut pieces = vec![Vec::new()];
    for part in text.parts() {
        let Part::Literal(literal) = &part else {
            pieces.last_mut().into_iter().for_each(|last| last.push(part.clone()));
            continue;
        };
        let room = limit.saturating_sub(pieces.len() - 1).max(1);
        for (n, piece) in literal.splitn(room, separator).enumerate() {
            if n > 0 {
                pieces.push(Vec::new());
            }
            pieces.last_mut().into_iter().for_each(|last| last.push(Part::Literal(piece.into())));
        }
    }
    pieces.into_iter().map(Text::from_parts).collect()
}

/// What stands before and after the first occurrence of `needle` within a literal part.
pub fn cut(text: &Text, needle: &str) -> Option<(Text, Text)> {
    let parts = text.parts();
    for (index, part) in parts.iter().enumerate() {
        let Part::Literal(literal) = part else { continue };
        let Some((before, after)) = literal.split_once(needle) else { continue };
        let head = parts[..index].iter().cloned().chain([Part::Literal(before.into())]);
        let tail = std::iter::once(Part::Literal(after.into())).chain(parts[index + 1..].iter().cloned());
        return Some((Text::from_parts(head), Text::from_parts(tail)));
    }
    None
}

/// The text without a literal ending.
pub fn strip_suffix(text: &Text, suffix: &str) -> Option<Text> {
    let mut parts = text.parts();
    let Some(Part::Literal(last)) = parts.last_mut() else { return None };
    *last = last.strip_suffix(suffix)?.into();
    Some(Text::from_parts(parts))
}

/// The text without a literal beginning.
pub fn strip_prefix(text: &Text, prefix: &str) -> Option<Text> {
    let mut parts = text.parts();
    let Some(Part::Literal(first)) = parts.first_mut() else { return None };
    *first = first.strip_prefix(prefix)?.into();
    Some(Text::from_parts(parts))
}

/// Whether some literal part contains the needle.
pub fn contains(text: &Text, needle: &str) -> bool {
    text.parts().iter().any(|part| matches!(part, Part::Literal(literal) if literal.contains(needle)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;
    use crate::value::{AttrRef, Reason, ResourceId, Unknown};

    fn lit(s: &str) -> Part {
        Part::Literal(s.into())
    }
    fn id(n: u32) -> Part {
        Part::Attr(Arc::new(AttrRef { resource: ResourceId(n), path: "id".into(), shown: "x.id".into() }))
    }
    fn var(name: &str) -> Part {
        Part::Unknown(Unknown::identified(Reason::NoValue, name, name, "no default", Span::NONE))
    }
    fn text(parts: &[Part]) -> Text {
        Text::from_parts(parts.iter().cloned())
    }

    #[test]
    fn known_globs_cross_slashes() {
        assert!(glob_known("*/GET/*", "prod/GET/a/b"));
        assert!(!glob_known("a/*/*/*", "a/prod/$default"));
        assert!(glob_known("a/*/*", "a/prod/$default"));
        assert!(glob_known("a?c", "aéc"));
        assert!(!glob_known("a/*", "a"));
    }

    #[test]
    fn the_same_hole_is_equal_and_different_literals_around_it_decide() {
        assert_eq!(same(&text(&[lit("orders-"), var("env")]), &text(&[lit("orders-"), var("env")])), Answer::Yes);
        assert_eq!(same(&text(&[lit("orders-"), var("env")]), &text(&[lit("orders-"), var("stage")])), Answer::Maybe);
        assert_eq!(same(&text(&[lit("orders-"), var("env")]), &text(&[lit("users-"), var("env")])), Answer::No);
        assert_eq!(same(&text(&[lit("orders-"), var("env")]), &text(&[lit("orders-prod")])), Answer::Maybe);
        assert_eq!(same(&text(&[var("env"), lit("-a")]), &text(&[var("env"), lit("-b")])), Answer::No);
    }

    #[test]
    fn generated_ids_differ_between_resources() {
        assert_eq!(glob(&text(&[id(1), lit("/*/GET")]), &text(&[id(2), lit("/prod/GET")])), Answer::No);
        assert_eq!(glob(&text(&[id(1), lit("/*/GET")]), &text(&[id(1), lit("/prod/GET")])), Answer::Yes);
        assert_eq!(glob(&text(&[id(1), lit("/dev/*")]), &text(&[id(1), lit("/prod/GET")])), Answer::No);
        assert_eq!(glob(&text(&[lit("abc123/*")]), &text(&[id(1), lit("/prod/GET")])), Answer::Maybe);
        assert_eq!(glob(&text(&[var("api"), lit("/dev/*")]), &text(&[var("api"), lit("/prod/GET")])), Answer::No);
    }

    #[test]
    fn texts_longer_than_any_arn_are_not_compared() {
        let long = |name: &str, c: &str| text(&[lit("a"), var(name), lit(&c.repeat(100_000)), var("end")]);
        assert_eq!(same(&long("a", "x"), &long("b", "y")), Answer::Maybe);
        assert_eq!(glob(&text(&[lit(&"*a".repeat(50_000))]), &text(&[lit(&"a".repeat(100_000))])), Answer::Maybe);
        assert_eq!(glob(&text(&[lit("arn:*")]), &text(&[lit("arn:"), lit(&"a".repeat(100_000))])), Answer::Yes);
        // What is the same at both ends costs nothing.
        let near = |middle: &str| text(&[lit(&"x".repeat(100_000)), lit(middle), var("v"), lit(&"y".repeat(100_000))]);
        assert_eq!(same(&near("p"), &near("q")), Answer::No);
    }

    #[test]
    fn splits_at_literal_separators_only() {
        let arn = text(&[lit("arn:aws:lambda:"), Part::Pseudo(Pseudo::Region), lit(":1:function:f:live")]);
        let pieces = split(&arn, ':', 6).unwrap();
        assert_eq!(pieces.len(), 6);
        assert_eq!(pieces[5].to_string(), "function:f:live");
        assert!(split(&text(&[var("arn"), lit(":x")]), ':', 2).is_none());
    }
}
