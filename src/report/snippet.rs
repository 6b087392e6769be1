//! A finding's source excerpts: the primary place and the evidence, also in other files, in the look of rustc.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{Annotation, AnnotationKind, Element, Snippet};

use unicode_width::UnicodeWidthStr;

use super::place::{first_line, slashes};
use super::wrap::clean;
use crate::finding::{Finding, Label};
use crate::source::{FileId, SourceFile, SourceMap, Span};

/// On lines longer than this (minified JSON) a mark is cut to [`LONG_SPAN`].
const LONG_LINE: usize = 300;
/// A span on a long line is underlined up to here: the excerpt is as wide as the span.
const LONG_SPAN: usize = 60;
/// Places of one file this many lines apart get excerpts of their own, so that the cost does not grow with the file.
const FAR_APART: u32 = 400;

/// One mark of an excerpt.
struct Mark {
    primary: bool,
    span: Span,
    line: u32,
    label: String,
    /// Whether it ends so far to the right that it needs an excerpt of its own: one window cannot show places far apart.
    wide: bool,
}

/// Neighbouring marks of one file.
struct Excerpt {
    file: Arc<SourceFile>,
    marks: Vec<Mark>,
}

/// The excerpts of a finding, the primary place's first, as elements of a report.
pub fn elements(finding: &Finding, sources: &SourceMap, width: usize) -> Vec<Element<'static>> {
    excerpts(finding, sources, width).into_iter().map(|excerpt| Element::Cause(excerpt.into_snippet())).collect()
}

/// Labels without a place in the source (a value from the command line): they become notes.
pub fn placeless(finding: &Finding) -> impl Iterator<Item = &str> {
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    labels.filter(|label| label.span.is_none() && !label.text.is_empty()).map(|label| label.text.as_str())
}

fn excerpts(finding: &Finding, sources: &SourceMap, width: usize) -> Vec<Excerpt> {
    let mut excerpts: Vec<(FileId, Excerpt)> = Vec::new();
    let labels = std::iter::once((true, &finding.primary)).chain(shown_evidence(finding).map(|label| (false, label)));
    for (primary, label) in labels.filter(|(_, label)| !label.span.is_none()) {
        let file = sources.file(label.span.file);
        let mark = mark(primary, label, &file, sources, width);
        let near = |e: &Excerpt| e.marks.iter().all(|m| !m.wide && m.line.abs_diff(mark.line) < FAR_APART);
        match excerpts.iter_mut().find(|(id, excerpt)| *id == label.span.file && !mark.wide && near(excerpt)) {
            Some((_, excerpt)) => excerpt.marks.push(mark),
            None => excerpts.push((label.span.file, Excerpt { file, marks: vec![mark] })),
        }
    }
    excerpts.into_iter().map(|(_, excerpt)| excerpt).collect()
}

/// The evidence, and the steps of the chain that no other label shows.
fn shown_evidence(finding: &Finding) -> impl Iterator<Item = &Label> {
    let new = |step: &&Label| step.span != finding.primary.span && finding.related.iter().all(|label| label.span != step.span);
    finding.related.iter().chain(finding.flow.iter().filter(new))
}

fn mark(primary: bool, label: &Label, file: &SourceFile, sources: &SourceMap, width: usize) -> Mark {
    let mut span = first_line(label.span, sources);
    let start = file.position(span.start);
    if line_range(file, start.line).len() > LONG_LINE {
        let text = file.text.get(span.range()).unwrap_or_default();
        let end = text.char_indices().nth(LONG_SPAN).map_or(text.len(), |(at, _)| at);
        span.end = span.start + end as u32;
    }
    let label = clean(&label.text).replace('\n', " ");
    // The line number, the gutter and the ellipses take some ten columns.
    let wide = file.position(span.end).column as usize + label.width() + 10 > width;
    Mark { primary, span, line: start.line, label, wide }
}

fn line_range(file: &SourceFile, line: u32) -> Range<usize> {
    file.line_start(line) as usize..file.line_start(line + 1) as usize
}

impl Excerpt {
    fn into_snippet(self) -> Snippet<'static, Annotation<'static>> {
        let first = self.marks.iter().map(|m| m.line).min().unwrap_or(1);
        let last = self.marks.iter().map(|m| m.line).max().unwrap_or(1);
        let range = line_range(&self.file, first).start..line_range(&self.file, last).end;
        let source = self.file.text.get(range.clone()).unwrap_or_default().to_owned();
        let length = source.trim_end_matches(['\r', '\n']).len();
        let annotations = self.marks.into_iter().map(move |mark| {
            let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let offset = |at: u32| (at as usize).saturating_sub(range.start).min(length);
            let annotation = kind.span(offset(mark.span.start)..offset(mark.span.end));
            if mark.label.is_empty() { annotation } else { annotation.label(mark.label) }
        });
        Snippet::source(source).line_start(first as usize).path(slashes(&self.file.path)).annotations(annotations)
    }
}
