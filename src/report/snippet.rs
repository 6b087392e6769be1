//! A finding's source excerpts: the primary place and the evidence, also in other files, in the look of rustc.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use unicode_width::UnicodeWidthStr;

use super::place::{first_line, slashes};
use super::wrap::{clean, clean_in_place, wrap};
use crate::finding::{Finding, Label};
use crate::secrets::Secrets;
use crate::source::{FileId, Position, SourceFile, SourceMap, Span};

/// A span is underlined up to here at most: an excerpt shows the whole span, and in minified JSON that may be a megabyte.
const LONG_SPAN: usize = 80;
/// Places of one file this many lines apart get excerpts of their own, so that the cost does not grow with the file.
const FAR_APART: u32 = 400;
/// Stands for the place of an excerpt until it is rendered, with the excerpt's number after it. Private-use characters have no
/// meaning in any source.
const PLACE: char = '\u{e000}';

/// In place of a long label that repeats a remark.
const SAID_BELOW: &str = "see the note below";

/// One mark of an excerpt.
struct Mark {
    primary: bool,
    span: Span,
    at: Position,
    label: String,
    /// Whether it ends so far to the right that it needs an excerpt of its own: one window cannot show places far apart.
    wide: bool,
}

/// Neighbouring marks of one file.
struct Excerpt {
    id: FileId,
    file: Arc<SourceFile>,
    marks: Vec<Mark>,
}

/// Renders the excerpts of a finding, the primary place's first, and the remarks below them; `None` where it has no place.
pub fn render(
    finding: &Finding,
    level: Level<'static>,
    remarks: &[(Level<'static>, String)],
    width: usize,
    sources: &SourceMap,
    secrets: &Secrets,
) -> Option<String> {
    let (excerpts, long_labels) = excerpts(finding, remarks, sources, width);
    if excerpts.is_empty() {
        return None;
    }
    let places: Vec<String> = excerpts.iter().map(Excerpt::place).collect();
    let snippets = excerpts.into_iter().enumerate().map(|(i, excerpt)| excerpt.into_snippet(i, width, secrets));
    let notes = long_labels.iter().map(|label| Level::NOTE.message(remark(label, width)));
    let messages = notes.chain(remarks.iter().map(|(level, text)| level.clone().message(remark(text, width))));
    let group = Group::with_level(level).elements(snippets).elements(messages);
    Some(with_places(&Renderer::styled().term_width(width).render(&[group]), &places))
}

/// The renderer counts columns in the text that it is given, which is cut where lines are long: the true places are put in after.
fn with_places(rendered: &str, places: &[String]) -> String {
    let mut pieces = rendered.split(PLACE);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(piece.len());
        let (counted, rest) = piece.split_at(end);
        let number = counted.split(':').next().and_then(|n| n.parse::<usize>().ok());
        out.push_str(number.and_then(|n| places.get(n)).map_or(counted, String::as_str));
        out.push_str(rest);
    }
    out
}

/// Labels without a place in the source (a value from the command line): they become notes.
pub fn placeless(finding: &Finding) -> impl Iterator<Item = &str> {
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    labels.filter(|label| label.span.is_none() && !label.text.is_empty()).map(|label| label.text.as_str())
}

/// The text of a remark, wrapped; its level, the gutter and the line number take some columns.
fn remark(text: &str, width: usize) -> String {
    wrap(text, width.saturating_sub(16).max(40), 0).join("\n")
}

/// The excerpts, and the labels that are too long for them: `(1)` stands in their place, unless a remark says the same.
fn excerpts(finding: &Finding, remarks: &[(Level<'static>, String)], sources: &SourceMap, width: usize) -> (Vec<Excerpt>, Vec<String>) {
    let mut excerpts: Vec<Excerpt> = Vec::new();
    let mut long_labels = Vec::new();
    let labels = std::iter::once((true, &finding.primary)).chain(shown_evidence(finding).map(|label| (false, label)));
    for (primary, label) in labels.filter(|(_, label)| !label.span.is_none()) {
        let file = sources.file(label.span.file);
        let mut words = clean(&label.text).replace('\n', " ").replace(PLACE, "\u{fffd}");
        if words.width() > width * 3 / 5 && remarks.iter().any(|(_, remark)| remark.contains(label.text.as_str())) {
            words = SAID_BELOW.to_owned();
        } else if words.width() > width * 3 / 5 {
            long_labels.push(format!("({}) {words}", long_labels.len() + 1));
            words = format!("({})", long_labels.len());
        }
        let mark = mark(primary, label.span, words, &file, sources, width);
        let fits = |m: &Mark| !m.wide && m.at.line.abs_diff(mark.at.line) < FAR_APART;
        match excerpts.iter_mut().find(|e| e.id == label.span.file && !mark.wide && e.marks.iter().all(fits)) {
            Some(excerpt) => excerpt.marks.push(mark),
            None => excerpts.push(Excerpt { id: label.span.file, file, marks: vec![mark] }),
        }
    }
    (excerpts, long_labels)
}

/// The evidence, and the steps of the chain that no other label shows.
fn shown_evidence(finding: &Finding) -> impl Iterator<Item = &Label> {
    let new = |step: &&Label| step.span != finding.primary.span && finding.related.iter().all(|label| label.span != step.span);
    finding.related.iter().chain(finding.flow.iter().filter(new))
}

fn mark(primary: bool, span: Span, label: String, file: &SourceFile, sources: &SourceMap, width: usize) -> Mark {
    let mut span = first_line(span, sources);
    // The renderer panics at a place within a letter: one place that is off must not cost the report.
    span.start = boundary(&file.text, span.start as usize) as u32;
    span.end = boundary(&file.text, span.end as usize).max(span.start as usize) as u32;
    let text = file.text.get(span.range()).unwrap_or_default();
    let at = file.position(span.start);
    // The label stands to the right of the span: both are to fit, with the gutter and an ellipsis to each side.
    let room = width.saturating_sub(label.width() + 24).clamp(16, LONG_SPAN);
    if let Some((cut, _)) = text.char_indices().nth(room) {
        span.end = span.start + cut as u32;
    }
    // The line number, the gutter and the ellipses take some ten columns.
    let wide = at.column as usize + (span.end - span.start) as usize + label.width() + 10 > width;
    Mark { primary, span, at, label, wide }
}

fn line_range(file: &SourceFile, line: u32) -> Range<usize> {
    file.line_start(line) as usize..file.line_start(line + 1) as usize
}

/// The nearest character boundary at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

impl Excerpt {
    /// Where it points: the primary mark, else the first one.
    fn place(&self) -> String {
        let first = self.marks.iter().min_by_key(|m| (!m.primary, m.at));
        let at = first.map_or(Position { line: 1, column: 1 }, |m| m.at);
        format!("{}:{}:{}", clean(&slashes(&self.file.path)), at.line, at.column)
    }

    fn into_snippet(self, number: usize, width: usize, secrets: &Secrets) -> Snippet<'static, Annotation<'static>> {
        let first = self.marks.iter().map(|m| m.at.line).min().unwrap_or(1);
        let last = self.marks.iter().map(|m| m.at.line).max().unwrap_or(1);
        let mut source = String::new();
        let mut annotations = Vec::new();
        for line in first..=last {
            let window = self.window(line, width);
            let text = self.file.text.get(window.clone()).unwrap_or_default().trim_end_matches(['\r', '\n']);
            let shown = secrets.shown_line(self.id, window.start..window.start + text.len(), text);
            let offset = |at: u32, end| source.len() + shown.place((at as usize).saturating_sub(window.start).min(text.len()), end);
            for mark in self.marks.iter().filter(|m| m.at.line == line) {
                let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
                let annotation = kind.span(offset(mark.span.start, false)..offset(mark.span.end, true));
                annotations.push(if mark.label.is_empty() { annotation } else { annotation.label(mark.label.clone()) });
            }
            source.push_str(&clean_in_place(&shown.text).replace(PLACE, "\u{fffd}"));
            source.push('\n');
        }
        Snippet::source(source).line_start(first as usize).path(format!("{PLACE}{number}")).annotations(annotations)
    }

    /// What is rendered of a line: two screens to each side of a mark far to the right, else the line up to there. The renderer
    /// cuts that to the screen, but takes time for all that it is given.
    fn window(&self, line: u32, width: usize) -> Range<usize> {
        let range = line_range(&self.file, line);
        let side = 2 * width + LONG_SPAN;
        let far = self.marks.iter().find(|m| m.at.line == line && m.span.start as usize > range.start + side);
        let from = far.map_or(range.start, |m| boundary(&self.file.text, m.span.start as usize - side));
        from..boundary(&self.file.text, range.end.min(from + 3 * side))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_replace_what_was_counted() {
        let rendered = format!("--> {PLACE}0:1:45\n | x\n::: {PLACE}1:7:2\n");
        let places = ["a b.json:1:900".to_owned(), "c.tf:7:2".to_owned()];
        assert_eq!(with_places(&rendered, &places), "--> a b.json:1:900\n | x\n::: c.tf:7:2\n");
    }
}
