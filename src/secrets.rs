//! What a unit must not show: the values that its source calls sensitive, the environment of its functions, and the text of files that
//! functions read.
//!
//! Two things keep them out of reports. Values carry a mark ([`Hidden`]) through evaluation, so that what is made of a secret is one,
//! however short it is: the graph shows no marked value. And each unit keeps the texts and places of its secrets: everything that leaves
//! a scan goes through [`Secrets::redact`], so that no rule has to think of it. Rules see the values themselves.

mod conceal;
mod kinds;
mod line;
mod words;

use std::borrow::Cow;
use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, Input, MatchKind};

pub(crate) use self::conceal::{concealed, finish, map_leaves, mark};
use crate::finding::{FileProblem, Finding, Help, Undecided};
use crate::source::{FileId, SourceMap, Span};
use crate::value::{Hidden, Kind, Part, Str, Value, format_smolstr};

/// What is shown in place of a secret.
pub const SHOWN: &str = "(sensitive value)";

/// Shorter texts are hidden where they are quoted, not wherever the same letters stand.
const SHORTEST: usize = 4;
/// Texts of this length are hidden within words, too.
const LONG: usize = 8;
/// Messages cut texts off after some dozens of characters.
const LONGEST_CUT: usize = 200;
/// Shorter pieces of a secret (the segments of a URL or an ARN) are none.
const SHORTEST_PIECE: usize = 6;

/// The secrets of a unit.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    texts: BTreeSet<Str>,
    /// Those that are too short to be looked for.
    short: BTreeSet<Str>,
    /// What the source shows on purpose (`nonsensitive`).
    lifted: BTreeSet<Str>,
    /// Where they are written.
    spans: BTreeSet<(FileId, u32, u32)>,
    /// Addresses of the unit: names are shown, whatever they contain.
    names: BTreeSet<Str>,
    finder: Option<Finder>,
}

/// Finds the texts and the names, the longest first.
#[derive(Clone, Debug)]
struct Finder {
    automaton: AhoCorasick,
    /// What each pattern is.
    patterns: Vec<Pattern>,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pattern {
    Secret,
    /// A short one, with the quotes around it.
    Quoted,
    /// A name, which is shown.
    Name,
}

impl Secrets {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.short.is_empty() && self.spans.is_empty()
    }

    /// Whether a text is one of them as a whole.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.texts.contains(text)
    }

    /// Adds what the source calls sensitive: each text in the value, and the pieces by which rules may name it.
    pub(crate) fn add(&mut self, value: &Value) {
        each_leaf(value, &mut |leaf| {
            let Some(text) = leaf.to_text() else { return };
            match text.as_known() {
                Some(known) => {
                    self.add_text(known);
                    self.add_pieces(known);
                }
                None => text.parts().iter().for_each(|part| {
                    if let Part::Literal(literal) = part {
                        self.add_pieces(literal);
                    }
                }),
            }
        });
    }

    /// Adds what is made of something hidden: the whole texts alone. What a part of it is may stand elsewhere, too.
    pub(crate) fn add_whole(&mut self, value: &Value) {
        each_leaf(value, &mut |leaf| {
            if let Some(known) = leaf.to_text().as_ref().and_then(|text| text.as_known()) {
                self.add_text(known);
            }
        });
    }

    /// Adds one text, unless everybody has it.
    pub(crate) fn add_text(&mut self, text: &str) {
        let text = text.trim();
        match text.len() {
            0 | 1 => {}
            _ if words::is_common(text) => {}
            2..SHORTEST => _ = self.short.insert(text.into()),
            _ => {
                self.texts.insert(text.into());
                // As it stands in JSON, and in the source.
                let escaped = serde_json::Value::from(text).to_string();
                if let Some(inner) = escaped.get(1..escaped.len() - 1).filter(|inner| *inner != text) {
                    self.texts.insert(inner.into());
                }
            }
        }
    }

    fn add_pieces(&mut self, text: &str) {
        pieces(text).filter(|piece| piece.len() >= SHORTEST_PIECE).for_each(|piece| self.add_text(piece));
    }

    /// Adds a place where a secret is written.
    pub(crate) fn add_span(&mut self, span: Span) {
        if !span.is_none() && span.start < span.end {
            self.spans.insert((span.file, span.start, span.end));
        }
    }

    /// Adds the lines that a place lies in.
    pub(crate) fn add_lines(&mut self, sources: &SourceMap, span: Span) {
        let file = sources.file(span.file);
        let line = |at: u32| file.position(at).line;
        self.add_span(Span { start: file.line_start(line(span.start)), end: file.line_start(line(span.end) + 1), ..span });
    }

    /// Adds the places of the values in a value that are written out, as `literal` says.
    pub(crate) fn add_spans(&mut self, value: &Value, literal: impl Fn(Span) -> bool) {
        each_leaf(value, &mut |leaf| {
            if !leaf.span.is_none() && literal(leaf.span) {
                self.add_span(leaf.span);
            }
        });
    }

    /// What the source shows on purpose is no secret.
    pub(crate) fn lift(&mut self, value: &Value) {
        each_leaf(value, &mut |leaf| self.lifted.extend(leaf.to_text().and_then(|text| text.as_known().map(Str::from))));
    }

    /// Takes in those of another world of the same unit.
    pub(crate) fn extend(&mut self, other: &Secrets) {
        self.texts.extend(other.texts.iter().cloned());
        self.short.extend(other.short.iter().cloned());
        self.spans.extend(&other.spans);
        self.names.extend(other.names.iter().cloned());
        self.seal();
    }

    /// Makes ready what finds them.
    fn seal(&mut self) {
        let lifted = std::mem::take(&mut self.lifted);
        self.texts.retain(|text| !lifted.contains(text));
        self.short.retain(|text| !lifted.contains(text));
        let secrets = self.texts.iter().map(|text| (text.clone(), Pattern::Secret));
        let short = self.short.iter().map(|text| (format_smolstr!("`{text}`"), Pattern::Quoted));
        let names = self.names.iter().map(|name| (name.clone(), Pattern::Name));
        let patterns: Vec<(Str, Pattern)> = secrets.chain(short).chain(names).collect();
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns.iter().map(|(text, _)| text.as_str()));
        let patterns = patterns.iter().map(|(_, pattern)| *pattern).collect();
        self.finder =
            automaton.ok().filter(|_| !(self.texts.is_empty() && self.short.is_empty())).map(|automaton| Finder { automaton, patterns });
    }

    /// Keeps the names that contain a secret as they are: they are names.
    fn keep_names<'a>(&mut self, names: impl Iterator<Item = &'a Str>) {
        self.seal();
        let kept: Vec<Str> = names.filter(|name| !self.found(name).is_empty() && !self.texts.contains(*name)).cloned().collect();
        if !kept.is_empty() {
            self.names.extend(kept);
            self.seal();
        }
    }

    /// Where the secrets stand in a text.
    fn found(&self, text: &str) -> Vec<std::ops::Range<usize>> {
        let Some(Finder { automaton, patterns }) = &self.finder else { return Vec::new() };
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(hit) = automaton.find(Input::new(text).span(from..text.len())) {
            from = hit.end();
            match patterns.get(hit.pattern().as_usize()) {
                Some(Pattern::Name) => {}
                Some(Pattern::Quoted) => found.push(hit.start() + 1..hit.end() - 1),
                _ if is_word(text, hit.range()) => found.push(hit.range()),
                _ => from = hit.start() + text.get(hit.start()..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8),
            }
        }
        let cut = text.match_indices('…').filter_map(|(end, _)| self.beginning(text, end));
        let cut: Vec<_> = cut.filter(|cut| found.iter().all(|range| cut.end <= range.start || range.end <= cut.start)).collect();
        found.extend(cut);
        found.sort_by_key(|range| range.start);
        found
    }

    /// Where the beginning of a secret stands before an ellipsis: what is cut short is one all the same.
    fn beginning(&self, text: &str, end: usize) -> Option<std::ops::Range<usize>> {
        let before = text.get(..end)?;
        let starts = before.char_indices().rev().take(LONGEST_CUT).map(|(start, _)| start).filter(|start| end - start >= SHORTEST);
        let begins = |start: &usize| {
            let piece = before.get(*start..).unwrap_or_default();
            self.texts.range(Str::from(piece)..).next().is_some_and(|text| text.starts_with(piece))
        };
        starts.filter(begins).last().map(|start| start..end)
    }

    /// A text with `(sensitive value)` in place of each secret.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.short.contains(text) {
            return Cow::Borrowed(SHOWN);
        }
        let found = self.found(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for range in found {
            out.push_str(text.get(from..range.start).unwrap_or_default());
            out.push_str(SHOWN);
            from = range.end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// Likewise in place.
    pub(crate) fn redact_in(&self, text: &mut String) {
        let redacted = self.redact(text);
        if redacted != text.as_str() {
            *text = redacted.into_owned();
        }
    }

    /// Likewise of a short text.
    pub(crate) fn redact_str(&self, text: &mut Str) {
        let redacted = self.redact(text);
        if redacted != text.as_str() {
            *text = redacted.into();
        }
    }

    /// Hides the secrets in all that a finding says. Its address is a name.
    pub(crate) fn redact_finding(&self, finding: &mut Finding) {
        finding.message.texts_mut().for_each(|text| self.redact_in(text));
        let labels = std::iter::once(&mut finding.primary).chain(&mut finding.related).chain(&mut finding.flow);
        labels.for_each(|label| self.redact_in(&mut label.text));
        if let Some(Help { text, code }) = &mut finding.help {
            self.redact_in(text);
            self.redact_in(code);
        }
        self.redact_str(&mut finding.key);
    }

    /// Hides them in the reason of an undecided check.
    pub(crate) fn redact_undecided(&self, check: &mut Undecided) {
        self.redact_in(&mut check.reason);
    }

    /// Hides them in what is said of a file.
    pub(crate) fn redact_problem(&self, problem: &mut FileProblem) {
        self.redact_in(&mut problem.message);
        self.redact_in(&mut problem.help);
    }
}

/// The segments of a text: of a URL, an ARN, a list, JSON.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || ":/@?&=,;\"'{}[]()|".contains(c))
}

/// Whether what stands at a place is no part of a longer word. A long secret may be a part of one.
fn is_word(text: &str, range: std::ops::Range<usize>) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let before = text.get(..range.start).and_then(|before| before.chars().next_back());
    let after = text.get(range.end..).and_then(|after| after.chars().next());
    range.len() >= LONG || !(letter(before) || letter(after))
}

/// Calls something for each part of a value that holds no other.
pub(crate) fn each_leaf(value: &Value, call: &mut impl FnMut(&Value)) {
    match &value.kind {
        Kind::List(list) => list.items.iter().for_each(|item| each_leaf(item, call)),
        Kind::Map(map) => map.entries.values().for_each(|item| each_leaf(item, call)),
        Kind::Choice(branches) => branches.iter().for_each(|(_, item)| each_leaf(item, call)),
        Kind::Text(_) | Kind::Bool(_) | Kind::Number(_) => call(value),
        Kind::Null | Kind::Attr(_) | Kind::Unknown(_) => {}
    }
}

/// How much of a value is hidden: the most of any part.
pub(crate) fn hidden_in(value: &Value) -> Hidden {
    let mut most = Hidden::No;
    each_leaf(value, &mut |leaf| most = most.max(leaf.hidden));
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(texts: &[&str]) -> Secrets {
        let mut secrets = Secrets::default();
        texts.iter().for_each(|text| secrets.add(&Value::string(*text, Span::NONE)));
        secrets.seal();
        secrets
    }

    #[test]
    fn secrets_are_hidden_as_words_and_long_ones_anywhere() {
        let known = secrets(&["abcd", "correct-horse"]);
        for (text, shown) in [
            ("`abcd`", "`(sensitive value)`"),
            ("abcd_queue abcdabcd xabcd", "abcd_queue abcdabcd xabcd"),
            ("f-abcd/abcd", "f-(sensitive value)/(sensitive value)"),
            ("xcorrect-horsex", "x(sensitive value)x"),
            ("é abcd é", "é (sensitive value) é"),
        ] {
            assert_eq!(known.redact(text), shown);
        }
    }

    #[test]
    fn what_everybody_has_is_no_secret() {
        let known = secrets(&["true", "a", "eu-west-1", "prod"]);
        assert!(known.is_empty());
        assert_eq!(known.redact("`true` `a` eu-west-1 prod"), "`true` `a` eu-west-1 prod");
    }

    #[test]
    fn short_secrets_are_hidden_where_they_are_quoted() {
        let known = secrets(&["abc"]);
        assert_eq!(known.redact("abc is `abc`, `abcd`"), "abc is `(sensitive value)`, `abcd`");
        assert_eq!(known.redact("abc"), SHOWN);
    }

    #[test]
    fn the_pieces_of_a_secret_are_secrets() {
        let known = secrets(&["postgres://admin:hunter2@db.example.com:5432/orders"]);
        assert_eq!(
            known.redact("`orders` at db.example.com, hunter2, postgres"),
            "`(sensitive value)` at (sensitive value), (sensitive value), postgres"
        );
    }

    #[test]
    fn what_is_cut_short_or_escaped_is_hidden() {
        let known = secrets(&["correct-horse-battery", "say \"friend\""]);
        assert_eq!(known.redact("`x-correct-ho…` and so on…"), "`x-(sensitive value)…` and so on…");
        assert_eq!(known.redact(r#"{"p":"say \"friend\""}"#), r#"{"p":"(sensitive value)"}"#);
    }

    #[test]
    fn names_and_what_is_lifted_are_shown() {
        let mut known = secrets(&["hunter2-queue", "lifted-text"]);
        known.lift(&Value::string("lifted-text", Span::NONE));
        known.keep_names([Str::from("aws_sqs_queue.hunter2-queue"), Str::from("aws_sqs_queue.other")].iter());
        let text = "`aws_sqs_queue.hunter2-queue` is `hunter2-queue`, `lifted-text`";
        assert_eq!(known.redact(text), "`aws_sqs_queue.hunter2-queue` is `(sensitive value)`, `lifted-text`");
    }
}
