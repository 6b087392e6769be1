//! `yamldecode` and `yamlencode`, with the peculiarities of Terraform's YAML library.

use indexmap::IndexMap;
use num_bigint::BigInt;

use super::placeholder::Placeholders;
use super::string::{holey, text_value};
use super::{Function, FunctionContext, Param, datetime, derived, yaml_write};
use crate::source::{FileId, Span};
use crate::syntax::node::{MAX_DEPTH, Node, NodeKind, Style};
use crate::syntax::yaml::parse_stream;
use crate::value::{Kind, ListShape, MapShape, Number, Str, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("yamldecode", &[Param::String], yamldecode).shapes(0),
    Function::new("yamlencode", &[Param::Nullable], |args, ctx| Ok(text_value(yaml_write::encode(&args[0]), ctx))).lenient(u8::MAX),
];

fn yamldecode(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let (text, holes) = Placeholders::new(&holey(args, 0));
    // Spans into the text are of no use: nobody wrote it as a file.
    let stream = parse_stream(FileId(u32::MAX), &text);
    if text.strip_prefix("%YAML ").is_some_and(|rest| rest.lines().next().is_some_and(|version| version.trim() != "1.1")) {
        return Err("only YAML 1.1 is supported".into());
    }
    let result = match (&stream.first, stream.errors.iter().find(|e| !e.message.is_empty()), stream.second) {
        (_, Some(error), _) => Err(format!("invalid YAML: {}", error.message)),
        (_, _, Some(_)) => Err("only one YAML document is allowed".to_owned()),
        (None, None, None) => Err("a YAML document is missing".to_owned()),
        (Some(node), None, None) => Reader { text: &text, holes: &holes, span: ctx.span }.value(node, MAX_DEPTH),
    };
    match result {
        Err(_) if !holes.is_empty() => Ok(derived("yamldecode", args, ctx.span)),
        other => other,
    }
}

struct Reader<'a> {
    text: &'a str,
    holes: &'a Placeholders,
    span: Span,
}

impl Reader<'_> {
    fn value(&self, node: &Node, depth: usize) -> Result<Value, String> {
        let below = depth.checked_sub(1).ok_or("the YAML is nested too deep")?;
        if let Some(tag) = &node.tag {
            return Err(format!("unsupported tag !{tag}"));
        }
        match &node.kind {
            // Terraform's library takes a block scalar for what the same text would be without quotes: `|-` and nothing is null.
            NodeKind::Scalar(text, Style::Quoted) if self.is_block(node) => self.plain(text),
            NodeKind::Scalar(text, Style::Quoted) => Ok(Value::new(Kind::Text(self.holes.restore(text)), self.span)),
            NodeKind::Scalar(text, Style::Plain) => self.plain(text),
            NodeKind::Sequence(items) => {
                let items: Result<Vec<Value>, String> = items.iter().map(|item| self.value(item, below)).collect();
                Ok(Value::list(ListShape::Tuple, items?, self.span))
            }
            NodeKind::Mapping(members) => {
                let mut entries = IndexMap::with_capacity(members.len());
                for member in members.iter() {
                    let key = self.value(&member.key, below)?.to_text().and_then(|text| text.as_known().map(Str::from));
                    let key = key.ok_or("a mapping key must be a known string, number or bool")?;
                    entries.insert(key, self.value(&member.value, below)?);
                }
                Ok(Value::map(MapShape::Object, entries, self.span))
            }
        }
    }

    /// Whether a scalar stands after `|` or `>`.
    fn is_block(&self, node: &Node) -> bool {
        self.text.get(node.span.range()).is_some_and(|text| text.starts_with(['|', '>']))
    }

    /// YAML 1.1's booleans; numbers as in YAML 1.2.
    fn plain(&self, text: &str) -> Result<Value, String> {
        let kind = match text {
            "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
            "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Kind::Bool(true),
            "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Kind::Bool(false),
            ".inf" | ".Inf" | ".INF" | "+.inf" | "-.inf" | "-.Inf" | ".nan" | ".NaN" => {
                return Err("infinity and not-a-number are not supported".into());
            }
            _ => match number(text) {
                Some(number) => Kind::Number(number),
                None => match datetime::of_yaml(text) {
                    Some(time) => Kind::Text(crate::value::Text::literal(time)),
                    None => Kind::Text(self.holes.restore(text)),
                },
            },
        };
        Ok(Value::new(kind, self.span))
    }
}

fn number(text: &str) -> Option<Number> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let radix = |digits: &str, radix| {
        let n = BigInt::parse_bytes(format!("{sign}{digits}").as_bytes(), radix)?;
        (!digits.contains('_') && digits.len() < 4096).then(|| Number::from_integer(&n))
    };
    if let Some(hex) = digits.strip_prefix("0x") {
        return radix(hex, 16);
    }
    if let Some(octal) = digits.strip_prefix("0o") {
        return radix(octal, 8);
    }
    Number::parse(&format!("{sign}{digits}"))
}
