//! Base64, URL and CSV encodings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;

use super::collection::sequence;
use super::string::by_part;
use super::{Function, FunctionContext, Param, derived, string, text};
use crate::value::{ListShape, MapShape, Part, Pseudo, Str, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base64decode", &[Param::String], base64decode),
    Function::new("base64encode", &[Param::String], |args, ctx| Ok(string(STANDARD.encode(text(args, 0)), ctx))),
    // The bytes depend on the compressor: the value has an identity but no text.
    Function::new("base64gzip", &[Param::String], |args, ctx| Ok(derived("base64gzip", args, ctx.span))),
    Function::new("csvdecode", &[Param::String], csvdecode),
    Function::new("textdecodebase64", &[Param::String, Param::String], textdecodebase64),
    Function::new("textencodebase64", &[Param::String, Param::String], textencodebase64),
    Function::new("urlencode", &[Param::String], |args, ctx| Ok(by_part("urlencode", args, ctx, urlencoded, is_plain))).shapes(0),
];

fn is_plain(part: &Part) -> bool {
    matches!(part, Part::Pseudo(Pseudo::AccountId | Pseudo::Region | Pseudo::Partition | Pseudo::UrlSuffix))
}

/// As for a form: a blank is a plus sign.
fn urlencoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn decoded(text: &str) -> Result<Vec<u8>, String> {
    // Line ends within are skipped, as Go does.
    let text: String = text.chars().filter(|c| *c != '\n' && *c != '\r').collect();
    STANDARD.decode(text).map_err(|_| "this is not base64".to_owned())
}

fn base64decode(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let text = String::from_utf8(decoded(text(args, 0))?).map_err(|_| "the decoded bytes are not UTF-8 text")?;
    Ok(string(text, ctx))
}

/// The character encodings that are known here.
enum Encoding {
    Utf8,
    Utf16 { little: bool, mark: bool },
    Latin1,
}

fn encoding(name: &str) -> Option<Encoding> {
    Some(match name.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" => Encoding::Utf8,
        "UTF-16LE" => Encoding::Utf16 { little: true, mark: false },
        "UTF-16BE" => Encoding::Utf16 { little: false, mark: false },
        "UTF-16" => Encoding::Utf16 { little: false, mark: true },
        "ISO-8859-1" | "LATIN1" => Encoding::Latin1,
        _ => return None,
    })
}

fn textencodebase64(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let Some(encoding) = encoding(text(args, 1)) else { return Ok(derived("textencodebase64", args, ctx.span)) };
    let text = text(args, 0);
    let bytes = match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf16 { little, mark } => {
            let mark = mark.then_some(0xfeffu16);
            mark.into_iter()
                .chain(text.encode_utf16())
                .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
                .collect()
        }
        Encoding::Latin1 => {
            let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
            bytes.ok_or("the text has characters that this encoding lacks")?
        }
    };
    Ok(string(STANDARD.encode(bytes), ctx))
}

fn textdecodebase64(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let Some(encoding) = encoding(text(args, 1)) else { return Ok(derived("textdecodebase64", args, ctx.span)) };
    let bytes = decoded(text(args, 0))?;
    let text = match encoding {
        Encoding::Utf8 => String::from_utf8(bytes).map_err(|_| "the decoded bytes are not UTF-8 text")?,
        Encoding::Utf16 { little, .. } => {
            let pair = |pair: &[u8]| match pair {
                [a, b] if little => u16::from_le_bytes([*a, *b]),
                [a, b] => u16::from_be_bytes([*a, *b]),
                _ => 0xfffd,
            };
            String::from_utf16_lossy(&bytes.chunks(2).map(pair).collect::<Vec<_>>())
        }
        Encoding::Latin1 => bytes.into_iter().map(char::from).collect(),
    };
    Ok(string(text, ctx))
}

fn csvdecode(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    if text(args, 0).matches('"').count() % 2 == 1 {
        return Err("a quoted field has no closing quote".into());
    }
    let mut reader = csv::ReaderBuilder::new().from_reader(text(args, 0).as_bytes());
    let header = reader.headers().map_err(|e| e.to_string())?.clone();
    if header.is_empty() {
        return Err("a header line is missing".into());
    }
    let distinct: std::collections::HashSet<&str> = header.iter().collect();
    if distinct.len() != header.len() {
        return Err("two columns have the same name".into());
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let cells: IndexMap<Str, Value> = header.iter().zip(record.iter()).map(|(k, v)| (Str::from(k), string(v, ctx))).collect();
        rows.push(Value::map(MapShape::Object, cells, ctx.span));
    }
    Ok(sequence(ListShape::List, rows, None, ctx))
}
