//! `format` and `formatlist`.

use unicode_segmentation::UnicodeSegmentation;

use super::collection::sequence;
use super::json;
use super::string::{holey, text_value};
use super::{Function, FunctionContext, Param, derived};
use crate::terraform::types::{Type, convert};
use crate::value::{Kind, ListShape, Number, Text, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("format", &[Param::String], format).rest(Param::Nullable).lenient(1),
    Function::new("formatlist", &[Param::String], formatlist).rest(Param::Nullable).lenient(1),
];

/// Widths and precisions beyond this are refused.
const MAX_WIDTH: usize = 1 << 10;

/// One verb of a format string: `%[2]-08.3f`.
#[derive(Default)]
struct Verb {
    source: String,
    letter: char,
    index: Option<usize>,
    minus: bool,
    plus: bool,
    space: bool,
    zero: bool,
    sharp: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

enum Piece {
    Literal(String),
    Verb(Verb),
}

fn parse(format: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        pieces.push(Piece::Literal(rest[..at].to_owned()));
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            pieces.push(Piece::Literal("%".to_owned()));
            rest = after;
            continue;
        }
        let (verb, after) = parse_verb(rest)?;
        pieces.push(Piece::Verb(verb));
        rest = after;
    }
    pieces.push(Piece::Literal(rest.to_owned()));
    Ok(pieces)
}

fn parse_verb(text: &str) -> Result<(Verb, &str), String> {
    let mut verb = Verb::default();
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let mut digits = |first: Option<char>| {
            let mut digits: String = first.into_iter().collect();
            while let Some((_, d)) = chars.next_if(|(_, d)| d.is_ascii_digit()) {
                digits.push(d);
            }
            match digits.is_empty() {
                true => Ok(0),
                false => digits.parse().ok().filter(|n| *n <= MAX_WIDTH).ok_or_else(|| format!("the number {digits} is too large")),
            }
        };
        match c {
            '-' => verb.minus = true,
            '+' => verb.plus = true,
            ' ' => verb.space = true,
            '#' => verb.sharp = true,
            '0' if verb.width.is_none() => verb.zero = true,
            '1'..='9' => verb.width = Some(digits(Some(c))?),
            '.' => verb.precision = Some(digits(None)?),
            '[' => {
                verb.index = Some(digits(None)?);
                if chars.next().is_none_or(|(_, c)| c != ']') || verb.index == Some(0) {
                    return Err("an argument index needs a number from 1 and a closing bracket".into());
                }
            }
            'v' | 't' | 'b' | 'd' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'g' | 'G' | 's' | 'q' => {
                verb.letter = c;
                let end = i + c.len_utf8();
                verb.source = format!("%{}", &text[..end]);
                return Ok((verb, &text[end..]));
            }
            _ => return Err(format!("unsupported format verb {c:?}")),
        }
    }
    Err("the format string ends within a verb".into())
}

fn format(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let Some(known) = args.first().and_then(Value::as_str) else { return Ok(derived("format", args, ctx.span)) };
    Ok(text_value(formatted(&parse(known)?, &args[1..], ctx)?, ctx))
}

fn formatted(pieces: &[Piece], args: &[Value], ctx: &FunctionContext) -> Result<Text, String> {
    let mut out = Vec::with_capacity(pieces.len());
    let (mut next, mut used) = (0, 0);
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => out.push(Text::literal(literal.as_str())),
            Piece::Verb(verb) => {
                next = verb.index.unwrap_or(next + 1);
                used = used.max(next);
                let arg = args.get(next - 1).ok_or_else(|| format!("not enough arguments for {:?}", verb.source))?;
                out.push(verb.apply(arg, ctx)?);
            }
        }
    }
    if used < args.len() {
        return Err(format!("too many arguments: {} are used, {} given", used, args.len()));
    }
    Ok(Text::concat(&out))
}

impl Verb {
    fn apply(&self, arg: &Value, ctx: &FunctionContext) -> Result<Text, String> {
        if arg.is_null() {
            return match self.letter {
                'v' => Ok(Text::literal(self.padded("null"))),
                _ => Err(format!("a null value cannot be formatted with {:?}", self.source)),
            };
        }
        let text = match self.letter {
            's' => holey(&[self.converted(arg, Type::String)?], 0),
            'q' => json::encode(&self.converted(arg, Type::String)?),
            't' => holey(&[self.converted(arg, Type::Bool)?], 0),
            'v' if self.sharp || matches!(arg.kind, Kind::List(_) | Kind::Map(_) | Kind::Bool(_)) => json::encode(arg),
            'v' => match &arg.kind {
                Kind::Number(n) => return Ok(Text::literal(self.padded(&self.signed(n, n.to_general(self.precision))))),
                _ => holey(std::slice::from_ref(arg), 0),
            },
            _ => {
                let number = self.converted(arg, Type::Number)?;
                let Kind::Number(n) = &number.kind else { return Ok(self.hole(arg, ctx)) };
                return Ok(Text::literal(self.padded(&self.signed(n, self.number(n)?))));
            }
        };
        match text.as_known() {
            Some(known) => Ok(Text::literal(self.padded(&self.cut(known)))),
            None if self.width.is_none() && self.precision.is_none() => Ok(text),
            None => Ok(self.hole(arg, ctx)),
        }
    }

    fn hole(&self, arg: &Value, ctx: &FunctionContext) -> Text {
        let format = Value::string(self.source.as_str(), ctx.span);
        derived("format", &[format, arg.clone()], ctx.span).to_text().unwrap_or_default()
    }

    fn converted(&self, arg: &Value, ty: Type) -> Result<Value, String> {
        convert(arg, &ty).map_err(|e| format!("unsupported value for {:?}: {e}", self.source))
    }

    fn number(&self, n: &Number) -> Result<String, String> {
        let radix = |radix| {
            let integer = n.as_integer().ok_or_else(|| format!("{:?} needs a whole number", self.source))?;
            Ok(integer.to_str_radix(radix))
        };
        match self.letter {
            'd' => radix(10),
            'b' => radix(2),
            'o' => radix(8),
            'x' => radix(16),
            'X' => radix(16).map(|s: String| s.to_uppercase()),
            'e' => Ok(n.to_scientific(Some(self.precision.unwrap_or(6)))),
            'E' => Ok(n.to_scientific(Some(self.precision.unwrap_or(6))).to_uppercase()),
            'g' => Ok(n.to_general(self.precision)),
            'G' => Ok(n.to_general(self.precision).to_uppercase()),
            _ => Ok(n.to_fixed(self.precision.unwrap_or(6))),
        }
    }

    fn signed(&self, n: &Number, digits: String) -> String {
        match (self.plus, self.space) {
            (true, _) if !n.is_negative() => format!("+{digits}"),
            (false, true) if !n.is_negative() => format!(" {digits}"),
            _ => digits,
        }
    }

    fn cut(&self, text: &str) -> String {
        match self.precision {
            Some(length) => text.graphemes(true).take(length).collect(),
            None => text.to_owned(),
        }
    }

    /// To the width, counted in characters as a reader sees them.
    fn padded(&self, text: &str) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(text.graphemes(true).count());
        if missing == 0 {
            return text.to_owned();
        }
        if self.minus {
            return format!("{text}{}", " ".repeat(missing));
        }
        if !self.zero {
            return format!("{}{text}", " ".repeat(missing));
        }
        let numeric = !matches!(self.letter, 's' | 'q' | 't' | 'v');
        let sign = if numeric && text.starts_with(['+', '-', ' ']) { 1 } else { 0 };
        format!("{}{}{}", &text[..sign], "0".repeat(missing), &text[sign..])
    }
}

fn formatlist(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let Some(known) = args.first().and_then(Value::as_str) else { return Ok(derived("formatlist", args, ctx.span)) };
    let pieces = parse(known)?;
    let args_after = &args[1..];
    let mut length = None;
    for arg in args_after {
        match &arg.kind {
            Kind::Unknown(_) => return Ok(derived("formatlist", args, ctx.span)),
            Kind::List(list) if list.open.is_some() => return Ok(derived("formatlist", args, ctx.span)),
            Kind::List(list) if length.is_some_and(|length| length != list.items.len()) => {
                return Err("all lists must have the same length".into());
            }
            Kind::List(list) => length = Some(list.items.len()),
            _ => {}
        }
    }
    let row = |i: usize| {
        let values = args_after.iter().map(|arg| arg.as_list().and_then(|list| list.items.get(i)).unwrap_or(arg).clone());
        formatted(&pieces, &values.collect::<Vec<_>>(), ctx).map(|text| text_value(text, ctx))
    };
    let rows: Result<Vec<Value>, String> = (0..length.unwrap_or(1)).map(row).collect();
    Ok(sequence(ListShape::List, rows?, None, ctx))
}
