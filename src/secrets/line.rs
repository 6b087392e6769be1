//! Hides secrets in the lines of a source excerpt, and says where the rest of the line has gone.

use std::ops::Range;

use super::{SHOWN, Secrets};
use crate::source::FileId;

/// A piece of source text as it may be shown.
#[derive(Debug, PartialEq)]
pub(crate) struct ShownLine {
    /// The text.
    pub text: String,
    /// The pieces that were replaced, in the given text and in the shown one.
    replaced: Vec<(Range<usize>, Range<usize>)>,
}

impl ShownLine {
    /// Where a place of the given text is in the shown one.
    pub fn place(&self, at: usize, is_end: bool) -> usize {
        let Some((from, to)) = self.replaced.iter().rev().find(|(from, _)| from.start < at || (from.start == at && !is_end)) else {
            return at;
        };
        match at {
            at if at >= from.end => at - from.end + to.end,
            _ if is_end => to.end,
            _ => to.start,
        }
    }
}

impl Secrets {
    /// What may be shown of a part of a file, which lies within a line.
    pub(crate) fn shown_line(&self, file: FileId, range: Range<usize>, text: &str) -> ShownLine {
        let mut hidden: Vec<Range<usize>> = self.found(text);
        let from = (file, 0, 0);
        for (_, start, end) in self.spans.range(from..).take_while(|(of, start, _)| *of == file && (*start as usize) < range.end) {
            if (*end as usize) > range.start {
                hidden.push(inner(text, (*start as usize).saturating_sub(range.start)..(*end as usize - range.start).min(text.len())));
            }
        }
        hidden.retain(|range| range.start < range.end);
        hidden.sort_by_key(|range| (range.start, range.end));
        let mut shown = ShownLine { text: String::new(), replaced: Vec::new() };
        let mut at = 0;
        for range in hidden {
            if range.end <= at {
                continue;
            }
            // What overlaps is hidden as one.
            if range.start < at || (range.start == at && !shown.replaced.is_empty()) {
                if let Some((last, _)) = shown.replaced.last_mut() {
                    last.end = range.end;
                }
                at = range.end;
                continue;
            }
            shown.text.push_str(text.get(at..range.start).unwrap_or_default());
            let start = shown.text.len();
            shown.text.push_str(SHOWN);
            at = range.end;
            shown.replaced.push((range, start..shown.text.len()));
        }
        shown.text.push_str(text.get(at..).unwrap_or_default());
        shown
    }
}

/// The range without the quotes around it.
fn inner(text: &str, range: Range<usize>) -> Range<usize> {
    let quoted = text.get(range.clone()).and_then(|t| t.chars().next().filter(|c| "\"'".contains(*c) && t.len() > 1 && t.ends_with(*c)));
    if quoted.is_some() { range.start + 1..range.end - 1 } else { range }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceMap, Span};

    #[test]
    fn a_line_keeps_its_places() {
        let file = SourceMap::new().add("a.tf", "");
        let mut secrets = Secrets::default();
        let line = "  a = \"abc\" # b";
        secrets.add_span(Span::new(file, 106..111));
        let shown = secrets.shown_line(file, 100..100 + line.len(), line);
        assert_eq!(shown.text, "  a = \"(sensitive value)\" # b");
        let places = [(2, false), (6, false), (7, false), (8, false), (8, true), (11, true), (12, false)];
        assert_eq!(places.map(|(at, end)| shown.place(at, end)), [2, 6, 7, 7, 24, 25, 26]);
    }

    #[test]
    fn a_value_over_several_lines_is_hidden_in_each() {
        let file = SourceMap::new().add("a.tf", "");
        let mut secrets = Secrets::default();
        secrets.add_span(Span::new(file, 10..100));
        assert_eq!(secrets.shown_line(file, 20..25, "abcde").text, SHOWN);
        assert_eq!(secrets.shown_line(file, 5..15, "x = [abcde").text, format!("x = [{SHOWN}"));
        assert_eq!(secrets.shown_line(file, 100..105, "abcde").text, "abcde");
    }
}
