//! From hcl-edit's tree to ours.

use std::cell::RefCell;

use hcl_edit::Span as _;
use hcl_edit::expr::{self as hcl, Expression, ObjectKey, TraversalOperator};
use hcl_edit::structure as hcl_structure;
use hcl_edit::template::{self as hcl_template, Directive, Element, Strip};

use super::ast::{Attribute, BinaryOperator, Block, Body, Expr, ExprKind, ForExpr, ObjectItem, Step, TemplatePart, UnaryOperator};
use super::composed;
use super::template::{self, Stripped, Token};
use crate::source::{FileId, Span};
use crate::syntax::node::SyntaxError;
use crate::value::{Number, Str};

/// Where the parsed text lies in its file.
pub(super) struct Converter<'a> {
    /// The file.
    pub file: FileId,
    /// The file's own text of the parsed range: names and numbers are read from it.
    pub source: &'a str,
    /// Offset of the parsed range in the file.
    pub offset: usize,
    /// One span for everything, where offsets do not map (a JSON string with escapes).
    pub fixed: Option<Span>,
    /// What the parser takes and Terraform does not.
    errors: RefCell<Vec<SyntaxError>>,
}

/// How the literals of a template are written.
#[derive(Clone, Copy, PartialEq)]
enum Literals {
    /// In quotes: escapes are decoded, and nothing is split.
    Quoted,
    /// In quotes, in the body of a directive, where hcl-edit decodes no escapes.
    Inner,
    /// In a heredoc or file: one token a line.
    Lines,
}

impl<'a> Converter<'a> {
    pub(super) fn new(file: FileId, source: &'a str, offset: usize, fixed: Option<Span>) -> Self {
        Converter { file, source, offset, fixed, errors: RefCell::default() }
    }

    /// What was found wrong on the way.
    pub(super) fn into_errors(self) -> Vec<SyntaxError> {
        self.errors.into_inner()
    }

    /// A quoted string ends on the line that it starts on.
    fn check_line(&self, range: Option<std::ops::Range<usize>>) {
        if let Some(at) = self.text(range.clone()).find('\n') {
            let start = range.map_or(0, |r| r.start) + at;
            let message = "a quoted string goes on over the end of the line: write `\\n`, or a heredoc".to_owned();
            self.errors.borrow_mut().push(SyntaxError { message, span: self.span(Some(start..start + 1)) });
        }
    }

    fn span(&self, range: Option<std::ops::Range<usize>>) -> Span {
        match (self.fixed, range) {
            (Some(span), _) => span,
            (None, Some(range)) => Span::new(self.file, range.start + self.offset..range.end + self.offset),
            (None, None) => Span::new(self.file, self.offset..self.offset + self.source.len()),
        }
    }

    fn text(&self, range: Option<std::ops::Range<usize>>) -> &str {
        range.and_then(|r| self.source.get(r)).unwrap_or_default()
    }

    /// The name at a range as the file has it: the text that was parsed may be a repaired one.
    fn name(&self, range: Option<std::ops::Range<usize>>, parsed: &str) -> Str {
        let text = self.text(range);
        if text.len() == parsed.len() { text.into() } else { parsed.into() }
    }

    pub(super) fn body(&self, body: &hcl_structure::Body) -> Body {
        let mut out = Body::default();
        for structure in body.iter() {
            match structure {
                hcl_structure::Structure::Attribute(attribute) => out.attributes.push(Attribute {
                    name: self.name(attribute.key.span(), attribute.key.as_str()),
                    name_span: self.span(attribute.key.span()),
                    value: self.expr(&attribute.value),
                }),
                hcl_structure::Structure::Block(block) => out.blocks.push(self.block(block)),
            }
        }
        out
    }

    fn block(&self, block: &hcl_structure::Block) -> Block {
        let start = block.ident.span().or(block.span()).map_or(0, |r| r.start);
        let labels: Vec<(Str, Span)> = block.labels.iter().map(|l| (Str::from(l.as_str()), self.span(l.span()))).collect();
        let header_end = block.labels.last().and_then(|l| l.span()).or(block.ident.span()).map_or(start, |r| r.end);
        Block {
            kind: block.ident.as_str().into(),
            labels,
            body: self.body(&block.body),
            span: self.span(block.span()),
            header: self.span(Some(start..header_end)),
        }
    }

    pub(super) fn expr(&self, expr: &Expression) -> Expr {
        let kind = match expr {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(b) => ExprKind::Bool(*b.value()),
            Expression::Number(n) => ExprKind::Number(number(self.text(expr.span()), n.value())),
            Expression::String(text) => {
                self.check_line(expr.span());
                ExprKind::String(composed(text.as_str().into()))
            }
            Expression::Array(items) => ExprKind::List(items.iter().map(|i| self.expr(i)).collect()),
            Expression::Object(object) => ExprKind::Object(self.object(object)),
            Expression::StringTemplate(t) => self.template_kind(t.iter(), Literals::Quoted, false),
            Expression::HeredocTemplate(heredoc) => {
                let flush = self.text(expr.span()).starts_with("<<-");
                self.template_kind(heredoc.template.iter(), Literals::Lines, flush)
            }
            Expression::Parenthesis(inner) => ExprKind::Wrapped(Box::new(self.expr(inner.inner()))),
            Expression::Variable(name) => ExprKind::Name(name.as_str().into()),
            Expression::Conditional(c) => {
                ExprKind::Conditional(Box::new([self.expr(&c.cond_expr), self.expr(&c.true_expr), self.expr(&c.false_expr)]))
            }
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(t) => ExprKind::Traversal(Box::new(self.expr(&t.expr)), self.steps(t)),
            Expression::UnaryOp(op) => ExprKind::Unary(unary(*op.operator.value()), Box::new(self.expr(&op.expr))),
            Expression::BinaryOp(op) => {
                ExprKind::Binary(binary(*op.operator.value()), Box::new([self.expr(&op.lhs_expr), self.expr(&op.rhs_expr)]))
            }
            Expression::ForExpr(for_expr) => ExprKind::For(Box::new(self.for_expr(for_expr))),
        };
        Expr::new(kind, self.span(expr.span()))
    }

    fn object(&self, object: &hcl::Object) -> Vec<ObjectItem> {
        let item = |(key, value): (&ObjectKey, &hcl::ObjectValue)| {
            let value_start = value.expr().span().map_or(0, |r| r.start);
            let key = match key {
                ObjectKey::Ident(name) => {
                    let range = self.key_range(value_start, name.as_str().len());
                    Expr::new(ExprKind::String(self.name(range.clone(), name.as_str())), self.span(range))
                }
                ObjectKey::Expression(key) => {
                    let text = self.text(key.span());
                    match (key, text.strip_prefix('"').and_then(|t| t.strip_suffix('"'))) {
                        (Expression::String(parsed), Some(text)) if text.len() == parsed.len() => {
                            self.check_line(key.span());
                            Expr::new(ExprKind::String(composed(text.into())), self.span(key.span()))
                        }
                        _ => self.expr(key),
                    }
                }
            };
            ObjectItem { key, value: self.expr(value.expr()) }
        };
        object.iter().map(item).collect()
    }

    /// hcl-edit keeps no place for a bare key: it stands before the `=` or `:` before the value.
    fn key_range(&self, value_start: usize, len: usize) -> Option<std::ops::Range<usize>> {
        let before = self.source.get(..value_start)?.trim_end();
        let before = before.strip_suffix(['=', ':'])?.trim_end();
        Some(before.len().checked_sub(len)?..before.len())
    }

    fn call(&self, call: &hcl::FuncCall) -> ExprKind {
        let mut name = String::new();
        for part in &call.name.namespace {
            name.push_str(part.as_str());
            name.push_str("::");
        }
        name.push_str(call.name.name.as_str());
        ExprKind::Call(name.into(), call.args.iter().map(|a| self.expr(a)).collect(), call.args.expand_final())
    }

    fn steps(&self, traversal: &hcl::Traversal) -> Vec<Step> {
        let step = |operator: &TraversalOperator| match operator {
            TraversalOperator::AttrSplat(_) => Step::AttrSplat,
            TraversalOperator::FullSplat(_) => Step::FullSplat,
            TraversalOperator::GetAttr(name) => Step::Attr(name.as_str().into()),
            TraversalOperator::Index(index) => Step::Index(self.expr(index)),
            TraversalOperator::LegacyIndex(index) => {
                let number = i64::try_from(*index.value()).unwrap_or(i64::MAX);
                Step::Index(Expr::new(ExprKind::Number(Number::Int(number)), self.span(index.span())))
            }
        };
        traversal.operators.iter().map(|o| step(o.value())).collect()
    }

    fn for_expr(&self, expr: &hcl::ForExpr) -> ForExpr {
        ForExpr {
            key_var: expr.intro.key_var.as_ref().map(|v| v.as_str().into()),
            value_var: expr.intro.value_var.as_str().into(),
            collection: self.expr(&expr.intro.collection_expr),
            key: expr.key_expr.as_ref().map(|k| self.expr(k)),
            value: self.expr(&expr.value_expr),
            grouping: expr.grouping,
            condition: expr.cond.as_ref().map(|c| self.expr(&c.expr)),
        }
    }

    /// The expression of a whole template text (a `.tf.json` string, a `templatefile` file).
    pub(super) fn template(&self, template: &hcl_template::Template) -> Expr {
        Expr::new(self.template_kind(template.iter(), Literals::Lines, false), self.span(None))
    }

    fn template_kind<'t>(&self, elements: impl Iterator<Item = &'t Element>, literals: Literals, flush: bool) -> ExprKind {
        let mut tokens = Vec::new();
        self.tokens(elements, literals, &mut tokens);
        // Beside a literal that a strip marker leaves nothing of, a sequence is text all the same.
        let alone = tokens.len() == 1;
        let mut parts = template::build(tokens, flush);
        match parts.as_mut_slice() {
            [] => ExprKind::String(Str::default()),
            [TemplatePart::Literal(text)] => ExprKind::String(std::mem::take(text)),
            [TemplatePart::Interpolation(_)] if alone => match parts.pop() {
                Some(TemplatePart::Interpolation(inner)) => ExprKind::Wrapped(Box::new(inner)),
                _ => ExprKind::Template(parts),
            },
            _ => ExprKind::Template(parts),
        }
    }

    fn tokens<'t>(&self, elements: impl Iterator<Item = &'t Element>, literals: Literals, out: &mut Vec<Stripped>) {
        for element in elements {
            match element {
                Element::Literal(text) if literals == Literals::Quoted => {
                    self.check_line(text.span());
                    out.push(Stripped::literal(text.value().clone()));
                }
                Element::Literal(text) if literals == Literals::Inner => {
                    self.check_line(text.span());
                    out.push(Stripped::literal(self.unescaped(text.span())));
                }
                Element::Literal(text) => {
                    let raw = self.text(text.span());
                    out.extend(raw.split_inclusive('\n').map(|line| Stripped::literal(template::unescape_markers(line))));
                }
                Element::Interpolation(interpolation) => {
                    out.push(stripped(Token::Interpolation(self.expr(&interpolation.expr)), interpolation.strip));
                }
                Element::Directive(directive) => self.directive(directive, literals, out),
            }
        }
    }

    /// The text of a quoted literal as it is meant.
    fn unescaped(&self, range: Option<std::ops::Range<usize>>) -> String {
        let raw = self.text(range.clone());
        template::unescape(raw).unwrap_or_else(|at| {
            let start = range.map_or(0, |r| r.start) + at;
            let message = "`\\` begins no escape sequence that there is".to_owned();
            self.errors.borrow_mut().push(SyntaxError { message, span: self.span(Some(start..start + 1)) });
            raw.to_owned()
        })
    }

    fn directive(&self, directive: &Directive, literals: Literals, out: &mut Vec<Stripped>) {
        let literals = if literals == Literals::Quoted { Literals::Inner } else { literals };
        match directive {
            Directive::If(d) => {
                out.push(stripped(Token::If(self.expr(&d.if_expr.cond_expr)), d.if_expr.strip));
                self.tokens(d.if_expr.template.iter(), literals, out);
                if let Some(otherwise) = &d.else_expr {
                    out.push(stripped(Token::Else, otherwise.strip));
                    self.tokens(otherwise.template.iter(), literals, out);
                }
                out.push(stripped(Token::EndIf, d.endif_expr.strip));
            }
            Directive::For(d) => {
                let token = Token::For {
                    key_var: d.for_expr.key_var.as_ref().map(|v| v.as_str().into()),
                    value_var: d.for_expr.value_var.as_str().into(),
                    collection: self.expr(&d.for_expr.collection_expr),
                };
                out.push(stripped(token, d.for_expr.strip));
                self.tokens(d.for_expr.template.iter(), literals, out);
                out.push(stripped(Token::EndFor, d.endfor_expr.strip));
            }
        }
    }
}

fn stripped(token: Token, strip: Strip) -> Stripped {
    Stripped { token, before: strip.strip_start(), after: strip.strip_end() }
}

fn unary(operator: hcl::UnaryOperator) -> UnaryOperator {
    match operator {
        hcl::UnaryOperator::Neg => UnaryOperator::Negate,
        hcl::UnaryOperator::Not => UnaryOperator::Not,
    }
}

fn binary(operator: hcl::BinaryOperator) -> BinaryOperator {
    match operator {
        hcl::BinaryOperator::Eq => BinaryOperator::Equal,
        hcl::BinaryOperator::NotEq => BinaryOperator::NotEqual,
        hcl::BinaryOperator::LessEq => BinaryOperator::LessOrEqual,
        hcl::BinaryOperator::GreaterEq => BinaryOperator::GreaterOrEqual,
        hcl::BinaryOperator::Less => BinaryOperator::Less,
        hcl::BinaryOperator::Greater => BinaryOperator::Greater,
        hcl::BinaryOperator::Plus => BinaryOperator::Add,
        hcl::BinaryOperator::Minus => BinaryOperator::Subtract,
        hcl::BinaryOperator::Mul => BinaryOperator::Multiply,
        hcl::BinaryOperator::Div => BinaryOperator::Divide,
        hcl::BinaryOperator::Mod => BinaryOperator::Modulo,
        hcl::BinaryOperator::And => BinaryOperator::And,
        hcl::BinaryOperator::Or => BinaryOperator::Or,
    }
}

/// The literal at its full precision; hcl-edit has only machine floats.
fn number(text: &str, parsed: &hcl_edit::Number) -> Number {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(number) = Number::parse(&text) {
        return number;
    }
    parsed.as_i64().map(Number::Int).or_else(|| Number::from_f64(parsed.as_f64()?)).unwrap_or(Number::Int(0))
}
