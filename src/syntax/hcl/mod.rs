//! HCL, by way of hcl-edit, with what that parser lacks: recovery block by block, and some line breaks and duplicates that
//! Terraform accepts.

pub mod ast;
mod convert;
pub mod json;
mod mentions;
mod repair;
mod show;
mod template;

use std::collections::HashSet;

use hcl_edit::parser;

use self::ast::{Body, Expr};
use self::convert::Converter;
pub use self::mentions::{Mention, mentions};
pub use self::show::show;
use super::node::SyntaxError;
use crate::source::{FileId, Span};
use crate::value::Str;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// How many duplicate names of one block are repaired before it is given up.
const MAX_REPAIRS: usize = 200;

/// A string as Terraform keeps it: in Unicode's composed form (NFC).
fn composed(text: Str) -> Str {
    if text.is_ascii() || is_nfc(&text) { text } else { text.nfc().collect::<String>().into() }
}

/// Parses a whole file. Where a block is broken, the error says so and all other blocks are kept.
pub fn parse_body(file: FileId, text: &str) -> (Body, Vec<SyntaxError>) {
    let mut errors = Vec::new();
    let whole = match parse_chunk(file, text, 0, None) {
        Ok((body, wrong)) => {
            errors.extend(wrong);
            body
        }
        Err(_) => {
            let mut body = Body::default();
            for range in repair::chunks(text) {
                match parse_chunk(file, &text[range.clone()], range.start, None) {
                    Ok((part, wrong)) => {
                        body.attributes.extend(part.attributes);
                        body.blocks.extend(part.blocks);
                        errors.extend(wrong);
                    }
                    Err(error) => errors.push(error),
                }
            }
            body
        }
    };
    report_duplicates(&whole, &mut errors);
    (whole, errors)
}

/// Parses a text that is in no file of the user's. Everything in it is said to stand at `span`.
pub fn parse_body_at(text: &str, span: Span) -> Result<Body, SyntaxError> {
    parse_chunk(span.file, text, 0, Some(span)).map(|(body, _)| body)
}

/// Parses one expression that stands by itself (a `-var` value).
pub fn parse_expr(file: FileId, text: &str) -> Result<Expr, SyntaxError> {
    let converter = Converter::new(file, text, 0, None);
    repeatedly(text, 0, file, parser::parse_expr).map(|e| converter.expr(&e))
}

/// Parses an expression that stands in a string of another format: its place is the string's.
pub fn parse_expr_at(text: &str, span: Span) -> Result<Expr, SyntaxError> {
    let converter = Converter::new(span.file, text, 0, Some(span));
    match repeatedly(text, 0, span.file, parser::parse_expr) {
        Ok(expr) => Ok(converter.expr(&expr)),
        Err(error) => Err(SyntaxError { span, ..error }),
    }
}

/// Parses a template: the content of a `templatefile` file, or a string of the JSON syntax. `span` is the place of the text
/// in its file where offsets map one to one; `fixed` says that they do not.
pub fn parse_template(text: &str, span: Span, fixed: bool) -> Result<Expr, SyntaxError> {
    let offset = span.start as usize;
    let converter = Converter::new(span.file, text, offset, fixed.then_some(span));
    match repeatedly(text, offset, span.file, parser::parse_template) {
        Ok(template) => Ok(converter.template(&template)),
        Err(error) => Err(if fixed { SyntaxError { span, ..error } } else { error }),
    }
}

/// The tree of a text, and what in it Terraform refuses though it has a meaning.
fn parse_chunk(file: FileId, text: &str, offset: usize, fixed: Option<Span>) -> Result<(Body, Vec<SyntaxError>), SyntaxError> {
    let converter = Converter::new(file, text, offset, fixed);
    let blanked = repair::blank_empty_heredocs(text);
    let parsed = repeatedly(blanked.as_deref().unwrap_or(text), offset, file, parser::parse_body)?;
    let body = converter.body(&parsed);
    Ok((body, converter.into_errors()))
}

/// Parses, and after an error that a repair may mend, once more.
fn repeatedly<T>(text: &str, offset: usize, file: FileId, parse: impl Fn(&str) -> Result<T, parser::Error>) -> Result<T, SyntaxError> {
    let first = match parse(text) {
        Ok(tree) => return Ok(tree),
        Err(error) => error,
    };
    let mut repaired = repair::mend_white_space(text).unwrap_or_else(|| text.to_owned());
    for attempt in 0..MAX_REPAIRS {
        let error = match parse(&repaired) {
            Ok(tree) => return Ok(tree),
            Err(error) => error,
        };
        let duplicate = error.message().contains("found redefined").then(|| error.location().offset());
        match duplicate.and_then(|at| repair::rename_duplicate(&repaired, at, attempt)) {
            Some(next) => repaired = next,
            None => break,
        }
    }
    Err(syntax_error(file, text, offset, &first))
}

fn syntax_error(file: FileId, text: &str, offset: usize, error: &parser::Error) -> SyntaxError {
    // The parser counts bytes: what it points at may be the last one of a letter.
    let mut at = error.location().offset().min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let mut end = (at + 1).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let message = match error.message() {
        deep if deep.contains("nesting depth") => {
            "nested more than 64 levels deep: Terraform reads that, iacscan does not; this block was left out"
        }
        other => other,
    };
    SyntaxError { message: message.to_owned(), span: Span::new(file, offset + at..offset + end) }
}

/// An attribute that stands twice in one block is an error in Terraform; both stay in the tree, and the first counts.
fn report_duplicates(body: &Body, errors: &mut Vec<SyntaxError>) {
    let mut seen = HashSet::new();
    for attribute in &body.attributes {
        if !seen.insert(&attribute.name) {
            let message = format!("attribute `{}` is set twice in one block", attribute.name);
            errors.push(SyntaxError { message, span: attribute.name_span });
        }
    }
    for block in &body.blocks {
        report_duplicates(&block.body, errors);
    }
}

#[cfg(test)]
mod tests;
