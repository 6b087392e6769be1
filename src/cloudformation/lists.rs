//! `Fn::Join`, `Fn::Split`, `Fn::Select`, `Fn::Length`, `Fn::GetAZs` and `Fn::Cidr`.

use std::sync::Arc;

use ipnet::IpNet;

use super::attributes::{Piece, joined, may_meet};
use super::identity::{derived, distribute, distribute_one};
use super::references::concatenate;
use super::resolver::{Resolver, StackId};
use crate::source::Span;
use crate::syntax::node::Node;
use crate::value::{Kind, List, ListShape, Part, Reason, Text, Unknown, Value, format_smolstr};

/// CloudFormation makes at most this many blocks with one `Fn::Cidr`.
const MAX_CIDR_BLOCKS: i64 = 256;

impl Resolver<'_> {
    /// `Fn::Join`.
    pub fn join(&mut self, stack: StackId, argument: &Node) -> Value {
        let span = argument.span;
        let Some([delimiter, list]) = argument.items() else {
            return self.mistake(span, "`Fn::Join` wants a list: a delimiter and a list of values");
        };
        let delimiter = self.value(stack, delimiter);
        // An empty delimiter is written as "" or, in YAML, as nothing at all.
        let delimiter = if delimiter.is_null() { Value::string("", span) } else { delimiter };
        let list = self.value(stack, list);
        if matches!(list.kind, Kind::Map(_) | Kind::Text(_) | Kind::Null | Kind::Number(_) | Kind::Bool(_)) {
            return self.mistake(span, "the second argument of `Fn::Join` must be a list");
        }
        distribute("Fn::Join", &[delimiter, list], span, |arguments| match arguments {
            [delimiter, list] => join_list(delimiter, list, span),
            _ => derived("Fn::Join", &[], span),
        })
    }

    /// `Fn::Split`.
    pub fn split(&mut self, stack: StackId, argument: &Node) -> Value {
        let span = argument.span;
        let Some([delimiter, text]) = argument.items() else {
            return self.mistake(span, "`Fn::Split` wants a list: a delimiter and a text");
        };
        let Some(delimiter) = delimiter.as_str().filter(|d| !d.is_empty()) else {
            return self.mistake(delimiter.span, "the delimiter of `Fn::Split` must be a text, and not empty");
        };
        let text = self.value(stack, text);
        let split = |value: &Value| match value.to_text() {
            Some(text) => split_pieces(delimiter, self.pieces(&text), &text, span, false),
            None => derived("Fn::Split", &[&Value::string(delimiter, span), value], span),
        };
        distribute_one("Fn::Split", text, span, split)
    }

    /// `Fn::Select`.
    pub fn select(&mut self, stack: StackId, argument: &Node) -> Value {
        let span = argument.span;
        let Some([index, list]) = argument.items() else {
            return self.mistake(span, "`Fn::Select` wants a list: an index and a list of values");
        };
        let arguments = [self.value(stack, index), self.value(stack, list)];
        let mut beyond = None;
        let value = distribute("Fn::Select", &arguments, span, |arguments| match arguments {
            [index, list] => select_item(index, list, span, &mut beyond),
            _ => derived("Fn::Select", &[], span),
        });
        match beyond {
            Some(message) if !matches!(value.kind, Kind::Choice(_)) => self.late_mistake(span, message),
            _ => value,
        }
    }

    /// `Fn::Length`.
    pub fn length(&mut self, stack: StackId, argument: &Node) -> Value {
        let list = self.value(stack, argument);
        let span = argument.span;
        distribute_one("Fn::Length", list, span, |value| match value.as_list() {
            Some(list) if list.open.is_none() && !list.items.iter().any(may_be_absent) => {
                Value::new(Kind::Number((list.items.len() as i64).into()), span)
            }
            _ => derived("Fn::Length", &[value], span),
        })
    }

    /// `Fn::GetAZs`: AWS alone knows the zones that an account sees.
    pub fn get_azs(&mut self, stack: StackId, argument: &Node) -> Value {
        // Nothing at all stands for the stack's own region, as "" does.
        let is_own = argument.is_null() || argument.as_str() == Some("");
        let region = if is_own { region_reference(argument.span) } else { argument.clone() };
        self.external(stack, "Fn::GetAZs", &region, "lists the availability zones that the account sees at the deploy")
    }

    /// `Fn::Cidr`.
    pub fn cidr(&mut self, stack: StackId, argument: &Node) -> Value {
        let span = argument.span;
        let (block, count, bits) = match argument.items() {
            Some([block, count]) => (block, count, None),
            Some([block, count, bits]) => (block, count, Some(bits)),
            _ => return self.mistake(span, "`Fn::Cidr` wants a list: an address block, a count and the number of host bits"),
        };
        let mut arguments = vec![self.value(stack, block), self.value(stack, count)];
        arguments.extend(bits.map(|bits| self.value(stack, bits)));
        distribute("Fn::Cidr", &arguments, span, |arguments| {
            let known = match arguments {
                [block, count, bits] => blocks(block, count, bits),
                _ => None,
            };
            match known {
                Some(blocks) => {
                    let items = blocks.iter().map(|b| Value::string(b.to_string(), span)).collect();
                    Value::list(ListShape::List, items, span)
                }
                None => derived("Fn::Cidr", &arguments.iter().collect::<Vec<_>>(), span),
            }
        })
    }
}

fn region_reference(span: Span) -> Node {
    Node::mapping(vec![("Ref".into(), Node::string("AWS::Region", span))], span)
}

/// The first `count` blocks of `bits` host bits each; none where the arguments are not known or do not fit.
fn blocks(block: &Value, count: &Value, bits: &Value) -> Option<Vec<IpNet>> {
    let block: IpNet = block.as_str()?.parse().ok()?;
    let count = usize::try_from(count.as_i64().filter(|n| (1..=MAX_CIDR_BLOCKS).contains(n))?).ok()?;
    let prefix = u8::try_from(i64::from(block.max_prefix_len()) - bits.as_i64()?).ok()?;
    let found: Vec<IpNet> = block.subnets(prefix).ok()?.take(count).collect();
    (found.len() == count).then_some(found)
}

fn join_list(delimiter: &Value, value: &Value, span: Span) -> Value {
    let (Some(separator), Some(list)) = (delimiter.to_text(), value.as_list()) else {
        return derived("Fn::Join", &[delimiter, value], span);
    };
    if list.open.is_some() {
        return derived("Fn::Join", &[delimiter, value], span);
    }
    distribute("Fn::Join", &list.items, span, |items| {
        let mut pieces: Vec<Value> = Vec::with_capacity(items.len() * 2);
        for item in items.iter().filter(|item| !item.is_null()) {
            if !pieces.is_empty() {
                pieces.push(Value::new(Kind::Text(separator.clone()), span));
            }
            pieces.push(item.clone());
        }
        concatenate("Fn::Join", &pieces, span)
    })
}

/// Splits a text whose attributes stay whole.
pub(super) fn split_text(delimiter: &str, text: &Text, span: Span, trim: bool) -> Value {
    split_pieces(delimiter, text.parts().into_iter().map(Piece::open).collect(), text, span, trim)
}

/// Splits a text part by part. What stands before the first hole that may hold a delimiter is sure; from there on the list is
/// open, and identified by the text that was split.
fn split_pieces(delimiter: &str, pieces: Vec<Piece>, text: &Text, span: Span, trim: bool) -> Value {
    let item = |parts: Vec<Part>| match joined(parts, span) {
        value if trim => value.as_str().map(|known| Value::string(known.trim(), span)).unwrap_or(value),
        value => value,
    };
    let pieces = merged(pieces);
    let mut items = Vec::new();
    let mut current: Vec<Part> = Vec::new();
    let mut open = None;
    for (at, piece) in pieces.iter().enumerate() {
        let Part::Literal(literal) = &piece.part else {
            if !is_whole(delimiter, &pieces, at) {
                current.clear();
                open = Some(rest_of_split(delimiter, text, span));
                break;
            }
            current.push(piece.part.clone());
            continue;
        };
        let mut pieces = literal.split(delimiter);
        current.extend(pieces.next().map(|first| Part::Literal(first.into())));
        for piece in pieces {
            items.push(item(std::mem::take(&mut current)));
            current.push(Part::Literal(piece.into()));
        }
    }
    if open.is_none() {
        items.push(item(current));
    }
    Value::new(Kind::List(Arc::new(List { shape: ListShape::List, items, open })), span)
}

/// The pieces with literals that follow one another made one.
fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match (out.last_mut().map(|last| &mut last.part), &piece.part) {
            (_, Part::Literal(text)) if text.is_empty() => {}
            (Some(Part::Literal(last)), Part::Literal(text)) => *last = format_smolstr!("{last}{text}"),
            _ => out.push(piece),
        }
    }
    out
}

/// Whether no delimiter begins, ends or lies in the hole at a place.
fn is_whole(delimiter: &str, pieces: &[Piece], at: usize) -> bool {
    let literal = |piece: Option<&Piece>| match piece.map(|p| &p.part) {
        Some(Part::Literal(text)) => text.clone(),
        _ => Default::default(),
    };
    let before = at.checked_sub(1).map(|before| literal(pieces.get(before)));
    let after = literal(pieces.get(at + 1));
    let behind = at + 1 + usize::from(!after.is_empty());
    !may_meet(delimiter, before.as_deref(), &pieces[at], &after, behind >= pieces.len())
}

fn rest_of_split(delimiter: &str, text: &Text, span: Span) -> Arc<Unknown> {
    let whole = Value::new(Kind::Text(text.clone()), span);
    match derived("Fn::Split", &[&Value::string(delimiter, span), &whole], span).kind {
        Kind::Unknown(unknown) => unknown,
        _ => Unknown::new(Reason::Computed, "Fn::Split(…)", "the text to split is known after the deploy", span),
    }
}

/// Whether an item may turn out to be `AWS::NoValue`, which moves the ones after it.
fn may_be_absent(item: &Value) -> bool {
    item.alternatives().iter().any(|(_, v)| v.is_null())
}

fn select_item(index: &Value, value: &Value, span: Span, beyond: &mut Option<String>) -> Value {
    let unknown = || derived("Fn::Select", &[index, value], span);
    let (Some(at), Some(list)) = (index.as_i64(), value.as_list()) else { return unknown() };
    let position = usize::try_from(at).ok();
    let sure = list.items.iter().take_while(|item| !may_be_absent(item)).count();
    match position.and_then(|p| list.items.get(p).filter(|_| p < sure)) {
        Some(item) => item.clone(),
        None if sure < list.items.len() => unknown(),
        None => match &list.open {
            Some(rest) => derived("Fn::Select", &[index, &Value::unknown(rest.clone(), span)], span),
            None => {
                let message = format!("`Fn::Select` wants item {at} of a list of {}", list.items.len());
                *beyond = Some(message.clone());
                let shown = format_smolstr!("Fn::Select({at}, …)");
                Value::unknown(Unknown::new(Reason::Error, shown, message, span), span)
            }
        },
    }
}
