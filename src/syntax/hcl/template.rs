//! Templates: strip markers and heredoc indentation, as HCL applies them, then the tree of parts.
//!
//! HCL works on a flat run of tokens in which the literal text of heredocs and files is split at line ends: a strip marker
//! takes the white space of one neighbouring token only, and `<<-` measures the indentation of those tokens that begin a
//! line (hclsyntax `parser_template.go`). The same is done here, because the tree that hcl-edit gives has lost the lines.

use super::ast::{Expr, TemplatePart};
use crate::value::Str;

/// One token of a template, before the tree.
#[derive(Debug)]
pub(super) enum Token {
    Literal(String),
    Interpolation(Expr),
    If(Expr),
    Else,
    EndIf,
    For { key_var: Option<Str>, value_var: Str, collection: Expr },
    EndFor,
}

/// A token and its strip markers (before, after). Literals have none.
#[derive(Debug)]
pub(super) struct Stripped {
    pub token: Token,
    pub before: bool,
    pub after: bool,
}

impl Stripped {
    pub(super) fn literal(text: String) -> Self {
        Stripped { token: Token::Literal(text), before: false, after: false }
    }
}

/// The parts of a template; `flush` stands for a heredoc with `<<-`.
pub(super) fn build(mut tokens: Vec<Stripped>, flush: bool) -> Vec<TemplatePart> {
    apply_strip_markers(&mut tokens);
    if flush {
        flush_indentation(&mut tokens);
    }
    let mut tokens = tokens.into_iter().map(|t| t.token);
    let (parts, _) = tree(&mut tokens);
    parts
}

fn apply_strip_markers(tokens: &mut [Stripped]) {
    for i in 0..tokens.len() {
        let (before, after) = (tokens[i].before, tokens[i].after);
        if before
            && let Some(previous) = i.checked_sub(1)
            && let Token::Literal(text) = &mut tokens[previous].token
        {
            text.truncate(text.trim_end().len());
        }
        if after && let Some(Token::Literal(text)) = tokens.get_mut(i + 1).map(|t| &mut t.token) {
            *text = text.trim_start().to_owned();
        }
    }
}

fn flush_indentation(tokens: &mut [Stripped]) {
    let mut smallest = usize::MAX;
    let mut adjust = Vec::new();
    let mut at_line_start = true;
    for (i, token) in tokens.iter().enumerate() {
        if at_line_start {
            at_line_start = false;
            let indentation = match &token.token {
                Token::Literal(text) if text.trim_start().is_empty() && text.ends_with('\n') => usize::MAX,
                Token::Literal(text) => {
                    adjust.push(i);
                    text.chars().take_while(|c| c.is_whitespace()).count()
                }
                _ => 0,
            };
            smallest = smallest.min(indentation);
        }
        if let Token::Literal(text) = &token.token {
            at_line_start |= text.ends_with('\n');
        }
    }
    for i in adjust {
        if let Token::Literal(text) = &mut tokens[i].token {
            *text = text.chars().skip(smallest).collect();
        }
    }
}

/// What ended a run of parts.
enum End {
    Else,
    Other,
}

/// Builds the parts up to the end of the enclosing directive. Depth is that of the parsed template, which is limited.
fn tree(tokens: &mut impl Iterator<Item = Token>) -> (Vec<TemplatePart>, End) {
    let mut parts: Vec<TemplatePart> = Vec::new();
    let mut literal = String::new();
    let mut end = End::Other;
    while let Some(token) = tokens.next() {
        let part = match token {
            Token::Literal(text) => {
                literal.push_str(&text);
                continue;
            }
            Token::Interpolation(expr) => TemplatePart::Interpolation(expr),
            Token::If(condition) => {
                let (then, reason) = tree(tokens);
                let otherwise = if matches!(reason, End::Else) { tree(tokens).0 } else { Vec::new() };
                TemplatePart::If { condition, then, otherwise }
            }
            Token::For { key_var, value_var, collection } => TemplatePart::For { key_var, value_var, collection, body: tree(tokens).0 },
            Token::Else => {
                end = End::Else;
                break;
            }
            Token::EndIf | Token::EndFor => break,
        };
        flush_literal(&mut literal, &mut parts);
        parts.push(part);
    }
    flush_literal(&mut literal, &mut parts);
    (parts, end)
}

fn flush_literal(literal: &mut String, parts: &mut Vec<TemplatePart>) {
    if !literal.is_empty() {
        parts.push(TemplatePart::Literal(super::composed(std::mem::take(literal).into())));
    }
}

/// The literal text of a heredoc or file: only what would begin a sequence is escaped.
pub(super) fn unescape_markers(text: &str) -> String {
    text.replace("$${", "${").replace("%%{", "%{")
}

/// The literal text of a quoted string, or where in it a wrong escape sequence stands.
pub(super) fn unescape(raw: &str) -> Result<String, usize> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&unescape_markers(&rest[..at]));
        let wrong = raw.len() - rest.len() + at;
        let (decoded, length) = escape(&rest[at + 1..]).ok_or(wrong)?;
        out.push(decoded);
        rest = &rest[at + 1 + length..];
    }
    out.push_str(&unescape_markers(rest));
    Ok(out)
}

/// What the text after a backslash stands for, and how many bytes it takes.
fn escape(text: &str) -> Option<(char, usize)> {
    let hexadecimal = |digits: usize| {
        let code = text.get(1..=digits).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()))?;
        Some((char::from_u32(u32::from_str_radix(code, 16).ok()?)?, 1 + digits))
    };
    match text.chars().next()? {
        'n' => Some(('\n', 1)),
        'r' => Some(('\r', 1)),
        't' => Some(('\t', 1)),
        same @ ('"' | '\\') => Some((same, 1)),
        'u' => hexadecimal(4),
        'U' => hexadecimal(8),
        _ => None,
    }
}
