//! The tree of HCL: bodies, blocks, expressions and templates, each with its place.
//!
//! Both spellings of Terraform (native and JSON) become this tree. It is shared between threads and never changed.

use crate::source::Span;
use crate::value::{Number, Str};

/// The content of a file or of a block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// `name = expression`, in source order.
    pub attributes: Vec<Attribute>,
    /// Nested blocks, in source order.
    pub blocks: Vec<Block>,
}

impl Body {
    /// The expression of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&Expr> {
        self.attributes.iter().find(|a| a.name == name).map(|a| &a.value)
    }

    /// All blocks of a type.
    pub fn blocks<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |b| b.kind == kind)
    }
}

/// `name = expression`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The name.
    pub name: Str,
    /// Where the name stands.
    pub name_span: Span,
    /// The value.
    pub value: Expr,
}

/// `kind "label" { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The block type: `resource`, `ingress`.
    pub kind: Str,
    /// The labels with their places.
    pub labels: Vec<(Str, Span)>,
    /// The content.
    pub body: Body,
    /// From the block type to the closing brace.
    pub span: Span,
    /// The block type and the labels.
    pub header: Span,
}

impl Block {
    /// The label at an index; empty where there is none.
    pub fn label(&self, index: usize) -> Str {
        self.labels.get(index).map(|(label, _)| label.clone()).unwrap_or_default()
    }
}

/// An expression and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its source text.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number literal.
    Number(Number),
    /// A string without interpolation.
    String(Str),
    /// A string, heredoc or file with interpolations or directives: the result is a string.
    Template(Vec<TemplatePart>),
    /// `"${x}"` and nothing else: keeps the type of `x`. Parentheses are this, too.
    Wrapped(Box<Expr>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `{ k = v }`, duplicate keys included: the last wins.
    Object(Vec<ObjectItem>),
    /// A name: `var`, `aws_lambda_function`, a variable of a `for`.
    Name(Str),
    /// `base.attr[0][*].x`.
    Traversal(Box<Expr>, Vec<Step>),
    /// `name(args…)`; the flag stands for `...` after the last argument. Namespaced names are joined with `::`.
    Call(Str, Vec<Expr>, bool),
    /// `condition ? yes : no`.
    Conditional(Box<[Expr; 3]>),
    /// `!x`, `-x`.
    Unary(UnaryOperator, Box<Expr>),
    /// `a + b`.
    Binary(BinaryOperator, Box<[Expr; 2]>),
    /// `[for …]`, `{for …}`.
    For(Box<ForExpr>),
}

/// One step of a traversal.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// `.name`.
    Attr(Str),
    /// `[expression]`, and the legacy `.0`.
    Index(Expr),
    /// `.*`: applies to the attribute steps that follow.
    AttrSplat,
    /// `[*]`: applies to all steps that follow.
    FullSplat,
}

/// One item of an object constructor.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectItem {
    /// The key: a bare name is a string literal here.
    pub key: Expr,
    /// The value.
    pub value: Expr,
}

/// A `for` expression.
#[derive(Clone, Debug, PartialEq)]
pub struct ForExpr {
    /// The key variable.
    pub key_var: Option<Str>,
    /// The value variable.
    pub value_var: Str,
    /// What is iterated.
    pub collection: Expr,
    /// The key of the result, for objects.
    pub key: Option<Expr>,
    /// The value of the result.
    pub value: Expr,
    /// `...` after the value: values of one key become a list.
    pub grouping: bool,
    /// The `if` clause.
    pub condition: Option<Expr>,
}

/// One piece of a template. Strip markers (`~`) and heredoc indentation are applied already.
#[derive(Clone, Debug, PartialEq)]
pub enum TemplatePart {
    /// Literal text.
    Literal(Str),
    /// `${…}`.
    Interpolation(Expr),
    /// `%{ if … }…%{ else }…%{ endif }`.
    If {
        /// The condition.
        condition: Expr,
        /// The parts where it holds.
        then: Vec<TemplatePart>,
        /// The parts where it does not.
        otherwise: Vec<TemplatePart>,
    },
    /// `%{ for … }…%{ endfor }`.
    For {
        /// The key variable.
        key_var: Option<Str>,
        /// The value variable.
        value_var: Str,
        /// What is iterated.
        collection: Expr,
        /// The parts for each element.
        body: Vec<TemplatePart>,
    },
}

impl TemplatePart {
    /// Adds the expressions in it, in their order.
    fn expressions<'e>(&'e self, out: &mut Vec<&'e Expr>) {
        match self {
            TemplatePart::Literal(_) => {}
            TemplatePart::Interpolation(expr) => out.push(expr),
            TemplatePart::If { condition, then, otherwise } => {
                out.push(condition);
                then.iter().chain(otherwise).for_each(|part| part.expressions(out));
            }
            TemplatePart::For { collection, body, .. } => {
                out.push(collection);
                body.iter().for_each(|part| part.expressions(out));
            }
        }
    }
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOperator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl BinaryOperator {
    /// The spelling in the source.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOperator::Or => "||",
            BinaryOperator::And => "&&",
            BinaryOperator::Equal => "==",
            BinaryOperator::NotEqual => "!=",
            BinaryOperator::Less => "<",
            BinaryOperator::LessOrEqual => "<=",
            BinaryOperator::Greater => ">",
            BinaryOperator::GreaterOrEqual => ">=",
            BinaryOperator::Add => "+",
            BinaryOperator::Subtract => "-",
            BinaryOperator::Multiply => "*",
            BinaryOperator::Divide => "/",
            BinaryOperator::Modulo => "%",
        }
    }
}

impl Expr {
    /// The expressions directly within it, in their order.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Name(_) => Vec::new(),
            ExprKind::Template(parts) => {
                let mut out = Vec::new();
                parts.iter().for_each(|part| part.expressions(&mut out));
                out
            }
            ExprKind::Wrapped(inner) | ExprKind::Unary(_, inner) => vec![inner],
            ExprKind::List(items) | ExprKind::Call(_, items, _) => items.iter().collect(),
            ExprKind::Object(items) => items.iter().flat_map(|item| [&item.key, &item.value]).collect(),
            ExprKind::Traversal(base, steps) => {
                let indices = steps.iter().filter_map(|step| if let Step::Index(index) = step { Some(index) } else { None });
                std::iter::once(&**base).chain(indices).collect()
            }
            ExprKind::Conditional(three) => three.iter().collect(),
            ExprKind::Binary(_, two) => two.iter().collect(),
            ExprKind::For(of) => {
                let ForExpr { collection, key, value, condition, .. } = &**of;
                [Some(collection), key.as_ref(), Some(value), condition.as_ref()].into_iter().flatten().collect()
            }
        }
    }

    /// An expression at a place.
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Expr { kind, span }
    }

    /// The string literal, where it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::String(text) => Some(text),
            ExprKind::Wrapped(inner) => inner.as_str(),
            _ => None,
        }
    }

    /// `a.b.c` as its names, where it is a traversal of attributes only; the JSON spelling `"a.b.c"` as well.
    pub fn as_dotted(&self) -> Option<Vec<Str>> {
        match &self.kind {
            ExprKind::Name(name) => Some(vec![name.clone()]),
            ExprKind::Wrapped(inner) => inner.as_dotted(),
            ExprKind::String(text) => Some(text.split('.').map(Str::from).collect()),
            ExprKind::Traversal(base, steps) => {
                let mut names = base.as_dotted()?;
                for step in steps {
                    let Step::Attr(name) = step else { break };
                    names.push(name.clone());
                }
                Some(names)
            }
            _ => None,
        }
    }
}
