//! Functions of strings. A text with holes keeps its holes where the function treats each part by itself.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::{Function, FunctionContext, Param, boolean, derived, integer, regex, string, text, too_large};
use crate::text::{self as texts, Answer};
use crate::value::{AttrRef, Kind, List, ListShape, Part, Pseudo, Text, Unknown, Value, format_smolstr};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("chomp", &[Param::String], chomp).shapes(0),
    Function::new("endswith", &[Param::String, Param::String], endswith).shapes(0),
    Function::new("indent", &[Param::Number, Param::String], indent).shapes(0),
    Function::new("join", &[Param::String], join).rest(Param::Strings).shapes(1).walks(),
    Function::new("lower", &[Param::String], |args, ctx| Ok(by_part("lower", args, ctx, lowercase, is_lower))).shapes(0),
    Function::new("replace", &[Param::String, Param::String, Param::String], replace).lenient(0),
    Function::new("split", &[Param::String, Param::String], split).shapes(0),
    Function::new("startswith", &[Param::String, Param::String], startswith).shapes(0),
    Function::new("strcontains", &[Param::String, Param::String], strcontains).shapes(0),
    Function::new("strrev", &[Param::String], strrev),
    Function::new("substr", &[Param::String, Param::Number, Param::Number], substr).shapes(0),
    Function::new("title", &[Param::String], |args, ctx| Ok(string(title(text(args, 0)), ctx))),
    Function::new("trim", &[Param::String, Param::String], |args, ctx| trim("trim", args, ctx, true, true)).shapes(0),
    Function::new("trimprefix", &[Param::String, Param::String], trimprefix).shapes(0),
    Function::new("trimspace", &[Param::String], trimspace).shapes(0),
    Function::new("trimsuffix", &[Param::String, Param::String], trimsuffix).shapes(0),
    Function::new("upper", &[Param::String], |args, ctx| Ok(by_part("upper", args, ctx, uppercase, is_upper))).shapes(0),
];

/// Texts that would become longer than this are not made.
const MAX_RESULT: usize = 1 << 26;

/// The text of an argument, holes included.
pub(super) fn holey(args: &[Value], i: usize) -> Text {
    args.get(i).and_then(Value::to_text).unwrap_or_default()
}

pub(super) fn text_value(text: Text, ctx: &FunctionContext) -> Value {
    Value::new(Kind::Text(text), ctx.span)
}

/// A hole as a value of its own.
pub(super) fn part_value(part: &Part, ctx: &FunctionContext) -> Value {
    text_value(Text::from_parts([part.clone()]), ctx)
}

/// The function of a hole, as a hole.
fn derived_text(name: &str, args: &[Value], ctx: &FunctionContext) -> Text {
    derived(name, args, ctx.span).to_text().unwrap_or_default()
}

/// A function that changes each character by itself; `fixed` says which holes it leaves as they are.
pub(super) fn by_part(name: &str, args: &[Value], ctx: &FunctionContext, change: fn(&str) -> String, fixed: fn(&Part) -> bool) -> Value {
    let text = holey(args, 0);
    if let Some(known) = text.as_known() {
        return string(change(known), ctx);
    }
    let changed = text.map_parts(|part| match part {
        Part::Literal(literal) => Some(Text::literal(change(literal))),
        hole if fixed(hole) => None,
        hole => Some(derived_text(name, &[part_value(hole, ctx)], ctx)),
    });
    text_value(changed, ctx)
}

/// Letter by letter, as Go does: no final sigma, and no letter becomes two.
fn lowercase(text: &str) -> String {
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

fn uppercase(text: &str) -> String {
    text.chars().map(capital).collect()
}

fn capital(c: char) -> char {
    let mut capitals = c.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn is_lower(part: &Part) -> bool {
    matches!(part, Part::Pseudo(Pseudo::AccountId | Pseudo::Region | Pseudo::Partition | Pseudo::UrlSuffix))
}

fn is_upper(part: &Part) -> bool {
    matches!(part, Part::Pseudo(Pseudo::AccountId))
}

fn chomp(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    Ok(trim_ends("chomp", args, ctx, &|c| c == '\n' || c == '\r', false, true))
}

fn trimspace(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    Ok(trim_ends("trimspace", args, ctx, &char::is_whitespace, true, true))
}

fn trim(name: &str, args: &[Value], ctx: &FunctionContext, start: bool, end: bool) -> Result<Value, String> {
    let Some(cutset) = args.get(1).and_then(Value::as_str) else { return Ok(derived(name, args, ctx.span)) };
    Ok(trim_ends(name, args, ctx, &|c| cutset.contains(c), start, end))
}

/// The first argument without the characters that `drop` says at its ends. A hole at an end leaves the result unknown, unless
/// it is one that holds neither blanks nor line ends and nothing else is dropped.
fn trim_ends(name: &str, args: &[Value], ctx: &FunctionContext, drop: &dyn Fn(char) -> bool, start: bool, end: bool) -> Value {
    let text = holey(args, 0);
    let mut parts = text.parts();
    let only_blanks = args.len() == 1;
    let firm = |part: &Part| match part {
        Part::Literal(literal) => literal.chars().any(|c| !drop(c)),
        Part::Attr(_) | Part::Pseudo(_) => only_blanks,
        Part::Unknown(_) => false,
    };
    if text.as_known().is_none() && (start && !parts.first().is_some_and(firm) || end && !parts.last().is_some_and(firm)) {
        return derived(name, args, ctx.span);
    }
    if start && let Some(Part::Literal(first)) = parts.first_mut() {
        *first = first.trim_start_matches(drop).into();
    }
    if end && let Some(Part::Literal(last)) = parts.last_mut() {
        *last = last.trim_end_matches(drop).into();
    }
    text_value(Text::from_parts(parts), ctx)
}

fn trimprefix(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let Some(prefix) = args.get(1).and_then(Value::as_str) else { return Ok(derived("trimprefix", args, ctx.span)) };
    let mut parts = holey(args, 0).parts();
    match parts.first_mut() {
        Some(Part::Literal(first)) if let Some(rest) = first.strip_prefix(prefix) => *first = rest.into(),
        _ if prefix_answer(&holey(args, 0), prefix) == Answer::No || prefix.is_empty() => {}
        _ => return Ok(derived("trimprefix", args, ctx.span)),
    }
    Ok(text_value(Text::from_parts(parts), ctx))
}

fn trimsuffix(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let Some(suffix) = args.get(1).and_then(Value::as_str) else { return Ok(derived("trimsuffix", args, ctx.span)) };
    let mut parts = holey(args, 0).parts();
    match parts.last_mut() {
        Some(Part::Literal(last)) if let Some(rest) = last.strip_suffix(suffix) => *last = rest.into(),
        _ if suffix_answer(&holey(args, 0), suffix) == Answer::No || suffix.is_empty() => {}
        _ => return Ok(derived("trimsuffix", args, ctx.span)),
    }
    Ok(text_value(Text::from_parts(parts), ctx))
}

fn prefix_answer(text: &Text, prefix: &str) -> Answer {
    match (text.as_known(), text.parts().first()) {
        (Some(known), _) => known.starts_with(prefix).into(),
        (None, Some(Part::Literal(first))) if first.starts_with(prefix) => Answer::Yes,
        (None, Some(Part::Literal(first))) if !prefix.starts_with(first.as_str()) => Answer::No,
        _ => {
            if prefix.is_empty() {
                Answer::Yes
            } else {
                Answer::Maybe
            }
        }
    }
}

fn suffix_answer(text: &Text, suffix: &str) -> Answer {
    match (text.as_known(), text.parts().last()) {
        (Some(known), _) => known.ends_with(suffix).into(),
        (None, Some(Part::Literal(last))) if last.ends_with(suffix) => Answer::Yes,
        (None, Some(Part::Literal(last))) if !suffix.ends_with(last.as_str()) => Answer::No,
        _ => {
            if suffix.is_empty() {
                Answer::Yes
            } else {
                Answer::Maybe
            }
        }
    }
}

/// A bool where the answer is sure.
fn answered(name: &str, answer: Answer, args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    Ok(match answer {
        Answer::Yes => boolean(true, ctx),
        Answer::No => boolean(false, ctx),
        Answer::Maybe => derived(name, args, ctx.span),
    })
}

fn startswith(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let answer = args.get(1).and_then(Value::as_str).map_or(Answer::Maybe, |prefix| prefix_answer(&holey(args, 0), prefix));
    answered("startswith", answer, args, ctx)
}

fn endswith(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let answer = args.get(1).and_then(Value::as_str).map_or(Answer::Maybe, |suffix| suffix_answer(&holey(args, 0), suffix));
    answered("endswith", answer, args, ctx)
}

fn strcontains(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let (text, part) = (holey(args, 0), holey(args, 1));
    let answer = match (text.as_known(), part.as_known()) {
        (Some(text), Some(part)) => text.contains(part).into(),
        (None, Some(part)) if text.parts().iter().any(|p| matches!(p, Part::Literal(l) if l.contains(part))) => Answer::Yes,
        _ => Answer::Maybe,
    };
    answered("strcontains", answer, args, ctx)
}

fn indent(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let Some(spaces) = args.first().and_then(Value::as_i64) else { return Ok(derived("indent", args, ctx.span)) };
    let spaces = usize::try_from(spaces).ok().filter(|n| *n <= 1 << 16).ok_or("the number of spaces is out of range")?;
    let lines: usize =
        holey(args, 1).parts().iter().map(|p| if let Part::Literal(text) = p { text.matches('\n').count() } else { 0 }).sum();
    if lines.saturating_mul(spaces) > MAX_RESULT {
        return Ok(too_large("indent", ctx));
    }
    let pad = format!("\n{}", " ".repeat(spaces));
    let indented = holey(args, 1).map_parts(|part| match part {
        Part::Literal(literal) => Some(Text::literal(literal.replace('\n', &pad))),
        // What AWS computes has one line.
        Part::Attr(_) | Part::Pseudo(_) => None,
        hole => Some(derived_text("indent", &[args[0].clone(), part_value(hole, ctx)], ctx)),
    });
    let known = holey(args, 1).as_known().map(|known| known.replace('\n', &pad));
    Ok(text_value(known.map_or(indented, Text::literal), ctx))
}

fn join(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let separator = holey(args, 0);
    let lists: Vec<&List> = args.iter().skip(1).filter_map(Value::as_list).collect();
    if lists.iter().any(|list| list.open.is_some()) {
        return Ok(derived("join", args, ctx.span));
    }
    let count: usize = lists.iter().map(|list| list.items.len()).sum();
    if separator.as_known().is_some_and(|s| s.len().saturating_mul(count) > MAX_RESULT) {
        return Ok(too_large("join", ctx));
    }
    let mut texts = Vec::new();
    for item in lists.iter().flat_map(|list| &list.items) {
        if !texts.is_empty() {
            texts.push(separator.clone());
        }
        texts.push(item.to_text().ok_or("an element is null; null cannot be joined")?);
    }
    Ok(text_value(Text::concat(&texts), ctx))
}

fn replace(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let (subject, replacement) = (holey(args, 0), holey(args, 2));
    let Some(search) = args[1].as_str() else { return Ok(derived("replace", args, ctx.span)) };
    let pattern = (search.len() > 1).then(|| search.strip_prefix('/')?.strip_suffix('/')).flatten();
    if let (Some(subject), Some(replacement)) = (subject.as_known(), replacement.as_known()) {
        let most = subject.len().saturating_add(1).saturating_mul(replacement.len());
        if most > MAX_RESULT {
            let found = match pattern {
                Some(pattern) => regex::compile(pattern)?.find_iter(subject).count(),
                None => subject.matches(search).count(),
            };
            if found.saturating_mul(replacement.len()) > MAX_RESULT {
                return Ok(too_large("replace", ctx));
            }
        }
        return Ok(match pattern {
            Some(pattern) => string(regex::compile(pattern)?.replace_all(subject, replacement), ctx),
            None => string(subject.replace(search, replacement), ctx),
        });
    }
    if let Some(subject) = subject.as_known() {
        return replace_by_holes(subject, search, pattern, &replacement, args, ctx);
    }
    if let (Some(head), "invocations" | "/invocations") = (before_invocations(&subject), search) {
        let slash = Text::literal(if search.starts_with('/') { "" } else { "/" });
        return Ok(text_value(Text::concat([&head, &slash, &replacement]), ctx));
    }
    // In a text whose holes cannot hold the one character that is sought, each literal part is replaced by itself.
    let mut letters = search.chars();
    let (Some(letter), None, None) = (letters.next(), letters.next(), pattern) else {
        return Ok(derived("replace", args, ctx.span));
    };
    if subject.parts().iter().any(|part| !matches!(part, Part::Literal(_)) && !excludes(part, letter)) {
        return Ok(derived("replace", args, ctx.span));
    }
    let pieces = subject.parts().into_iter().flat_map(|part| match part {
        Part::Literal(literal) => {
            let mut texts = Vec::new();
            for (i, piece) in literal.split(letter).enumerate() {
                if i > 0 {
                    texts.push(replacement.clone());
                }
                texts.push(Text::literal(piece));
            }
            texts
        }
        hole => vec![Text::from_parts([hole])],
    });
    Ok(text_value(Text::concat(&pieces.collect::<Vec<_>>()), ctx))
}

/// What stands before `/invocations` in a function's or alias's `invoke_arn`: an alias or a stage variable is put there with
/// `replace(aws_lambda_function.f.invoke_arn, "/invocations", ":live/invocations")`.
fn before_invocations(subject: &Text) -> Option<Text> {
    let parts = subject.parts();
    let [Part::Attr(attr)] = parts.as_slice() else { return None };
    let shown = attr.shown.strip_suffix("invoke_arn").filter(|_| attr.path == "invoke_arn")?;
    let arn = AttrRef { resource: attr.resource, path: "arn".into(), shown: format_smolstr!("{shown}arn") };
    Some(Text::from_parts([
        Part::Literal("arn:".into()),
        Part::Pseudo(Pseudo::Partition),
        Part::Literal(":apigateway:".into()),
        Part::Pseudo(Pseudo::Region),
        Part::Literal(":lambda:path/2015-03-31/functions/".into()),
        Part::Attr(Arc::new(arn)),
    ]))
}

/// `replace` where only the replacement has holes: what is sought is found all the same, as in
/// `replace(file("api.json"), "__ARN__", aws_lambda_function.f.invoke_arn)`.
fn replace_by_holes(
    subject: &str,
    search: &str,
    pattern: Option<&str>,
    replacement: &Text,
    args: &[Value],
    ctx: &FunctionContext,
) -> Result<Value, String> {
    let parts = replacement.parts();
    // `$1` stands for what a group of the pattern matched, and an unknown hole may hold one.
    let names_groups = |part: &Part| match part {
        Part::Literal(literal) => literal.contains('$'),
        Part::Unknown(_) => true,
        Part::Attr(_) | Part::Pseudo(_) => false,
    };
    let found: Vec<(usize, usize)> = match pattern {
        Some(_) if parts.iter().any(names_groups) => return Ok(derived("replace", args, ctx.span)),
        Some(pattern) => regex::compile(pattern)?.find_iter(subject).map(|m| (m.start(), m.end())).collect(),
        None => subject.match_indices(search).map(|(at, piece)| (at, at + piece.len())).collect(),
    };
    let bytes = parts.iter().map(|part| if let Part::Literal(literal) = part { literal.len() } else { 1 }).sum::<usize>();
    if found.len().saturating_mul(bytes) > MAX_RESULT {
        return Ok(too_large("replace", ctx));
    }
    let (mut texts, mut end) = (Vec::new(), 0);
    for (from, to) in found {
        texts.push(Text::literal(subject.get(end..from).unwrap_or_default()));
        texts.push(replacement.clone());
        end = to;
    }
    texts.push(Text::literal(subject.get(end..).unwrap_or_default()));
    Ok(text_value(Text::concat(&texts), ctx))
}

/// Whether the hole never holds that character.
fn excludes(hole: &Part, letter: char) -> bool {
    match hole {
        Part::Pseudo(Pseudo::AccountId) => !letter.is_ascii_digit(),
        Part::Pseudo(Pseudo::Region | Pseudo::Partition) => !letter.is_ascii_lowercase() && !letter.is_ascii_digit() && letter != '-',
        _ => false,
    }
}

fn split(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let text = holey(args, 1);
    let Some(separator) = args[0].as_str() else { return Ok(derived("split", args, ctx.span)) };
    let list = |texts: Vec<Text>, open: Option<std::sync::Arc<Unknown>>| {
        let items = texts.into_iter().map(|t| text_value(t, ctx)).collect();
        Value::new(Kind::List(std::sync::Arc::new(List { shape: ListShape::List, items, open })), ctx.span)
    };
    if let Some(known) = text.as_known() {
        let pieces: Vec<Text> = match separator {
            "" => known.graphemes(true).map(Text::literal).collect(),
            _ => known.split(separator).map(Text::literal).collect(),
        };
        return Ok(list(pieces, None));
    }
    let mut letters = separator.chars();
    let whole = match (letters.next(), letters.next()) {
        (Some(letter), None) => texts::split(&text, letter, usize::MAX - 1),
        _ => None,
    };
    if let Some(pieces) = whole {
        return Ok(list(pieces, None));
    }
    // The pieces before the first hole are sure; what follows may be any number.
    let first = text.parts().first().cloned();
    let Kind::Unknown(rest) = derived("split", args, ctx.span).kind else { return Ok(derived("split", args, ctx.span)) };
    match first {
        Some(Part::Literal(literal)) if !separator.is_empty() && literal.contains(separator) => {
            let mut pieces: Vec<Text> = literal.split(separator).map(Text::literal).collect();
            pieces.pop();
            Ok(list(pieces, Some(rest)))
        }
        _ => Ok(Value::unknown(rest, ctx.span)),
    }
}

fn strrev(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    Ok(string(text(args, 0).graphemes(true).rev().collect::<String>(), ctx))
}

fn substr(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    if args[1..].iter().any(|v| v.first_unknown().is_some()) {
        return Ok(derived("substr", args, ctx.span));
    }
    let (offset, length) = (integer(args, 1)?, integer(args, 2)?);
    let subject = holey(args, 0);
    if let Some(known) = subject.as_known() {
        let letters: Vec<&str> = known.graphemes(true).collect();
        let count = letters.len() as i64;
        let start = if offset < 0 { count.saturating_add(offset).max(0) } else { offset.min(count) };
        let end = if length < 0 { count } else { start.saturating_add(length).min(count) };
        return Ok(string(letters[start as usize..end as usize].concat(), ctx));
    }
    // The part that is asked for may lie in the literal before the first hole.
    match subject.parts().first() {
        Some(Part::Literal(first))
            if offset >= 0 && length >= 0 && offset.saturating_add(length) < first.graphemes(true).count() as i64 =>
        {
            Ok(string(first.graphemes(true).skip(offset as usize).take(length as usize).collect::<String>(), ctx))
        }
        _ => Ok(derived("substr", args, ctx.span)),
    }
}

/// Go's `strings.Title`: a letter after anything but a letter, digit or underscore starts a word.
fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        out.push(if inside { c } else { capital(c) });
        inside = if c.is_ascii() { c.is_ascii_alphanumeric() || c == '_' } else { !c.is_whitespace() };
    }
    out
}
