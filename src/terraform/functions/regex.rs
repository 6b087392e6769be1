//! `regex` and `regexall`. Terraform's patterns are RE2's; they are rewritten to the dialect of the `regex` crate.

use indexmap::IndexMap;
use regex::{Captures, Regex, RegexBuilder};

use super::{Function, FunctionContext, Param, string, text};
use crate::value::{ListShape, MapShape, Str, Value};

pub(super) const FUNCTIONS: &[Function] =
    &[Function::new("regex", &[Param::String, Param::String], first), Function::new("regexall", &[Param::String, Param::String], all)];

/// Compiled patterns larger than this are refused.
const MAX_COMPILED_BYTES: usize = 1 << 22;

/// A pattern in RE2's syntax.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    let regex = RegexBuilder::new(&translated(pattern)).size_limit(MAX_COMPILED_BYTES).build();
    regex.map_err(|_| format!("{pattern:?} is no valid regular expression"))
}

/// RE2 means ASCII by `\d`, `\w`, `\s` and `\b`, and takes `[`, `&&`, `--` and `~~` in a class literally.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    let mut class = false;
    let mut class_start = false;
    while let Some(c) = chars.next() {
        let at_start = std::mem::take(&mut class_start);
        match c {
            '\\' => match chars.next() {
                Some('Q') => {
                    let rest: String = chars.by_ref().collect();
                    let (quoted, after) = rest.split_once("\\E").unwrap_or((&rest, ""));
                    out.push_str(&regex::escape(quoted));
                    out.push_str(&translated(after));
                }
                Some(letter) => {
                    out.push_str(&escape(letter, class));
                    if matches!(letter, 'p' | 'P' | 'x') && chars.peek() == Some(&'{') {
                        out.extend(chars.by_ref().take_while(|c| *c != '}'));
                        out.push('}');
                    }
                }
                None => out.push('\\'),
            },
            '[' if !class => {
                class = true;
                class_start = true;
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
            }
            '[' if chars.peek() == Some(&':') => out.push('['),
            '[' => out.push_str("\\["),
            ']' if class && at_start => out.push_str("\\]"),
            ']' if class => {
                // The end of `[:alpha:]` ends the inner class only.
                class = out.ends_with(':') && out.rfind("[:").is_some_and(|at| !out[at..].contains(']'));
                out.push(']');
            }
            '&' | '~' if class => out.extend(['\\', c]),
            '-' if class && chars.peek() == Some(&'-') => out.push_str("\\-"),
            '{' if !class && !chars.peek().is_some_and(char::is_ascii_digit) => out.push_str("\\{"),
            '}' if !class && !out.rfind('{').is_some_and(|at| out[at + 1..].bytes().all(|b| b.is_ascii_digit() || b == b',')) => {
                out.push_str("\\}");
            }
            _ => out.push(c),
        }
    }
    out
}

fn escape(letter: char, class: bool) -> String {
    match letter {
        'd' => {
            if class {
                "0-9".into()
            } else {
                "[0-9]".into()
            }
        }
        'w' => {
            if class {
                "0-9A-Za-z_".into()
            } else {
                "[0-9A-Za-z_]".into()
            }
        }
        's' => {
            if class {
                "\\t\\n\\f\\r ".into()
            } else {
                "[\\t\\n\\f\\r ]".into()
            }
        }
        'D' => "[^0-9]".into(),
        'W' => "[^0-9A-Za-z_]".into(),
        'S' => "[^\\t\\n\\f\\r ]".into(),
        'b' if !class => "(?-u:\\b)".into(),
        'B' if !class => "(?-u:\\b{start-half}\\b{end-half})".into(),
        other => format!("\\{other}"),
    }
}

/// What a match gives: the whole text without groups, a list with unnamed groups, a map with named ones.
fn result(regex: &Regex, found: &Captures, ctx: &FunctionContext) -> Result<Value, String> {
    let group = |i: usize| match found.get(i) {
        Some(group) => string(group.as_str(), ctx),
        None => Value::null(ctx.span),
    };
    let names: Vec<Option<&str>> = regex.capture_names().skip(1).collect();
    if names.is_empty() {
        return Ok(group(0));
    }
    if names.iter().all(Option::is_none) {
        return Ok(Value::list(ListShape::Tuple, (1..=names.len()).map(group).collect(), ctx.span));
    }
    let mut entries = IndexMap::new();
    for (i, name) in names.iter().enumerate() {
        let name = name.ok_or("a pattern must not have both named and unnamed groups")?;
        entries.insert(Str::from(name), group(i + 1));
    }
    Ok(Value::map(MapShape::Object, entries, ctx.span))
}

fn first(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let regex = compile(text(args, 0))?;
    let found = regex.captures(text(args, 1)).ok_or_else(|| format!("the pattern {:?} does not match", text(args, 0)))?;
    result(&regex, &found, ctx)
}

fn all(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let regex = compile(text(args, 0))?;
    let found: Result<Vec<Value>, String> = regex.captures_iter(text(args, 1)).map(|c| result(&regex, &c, ctx)).collect();
    Ok(Value::list(ListShape::List, found?, ctx.span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn re2_is_rewritten() {
        for (pattern, subject, matches) in [
            (r"^\d+$", "٣", false),
            (r"^[\w-]+$", "a-b_c", true),
            (r"^[[a]+$", "[a", true),
            (r"^[]a]+$", "]a", true),
            (r"^[[:alpha:]_]+$", "ab_", true),
            (r"^[a&&b]+$", "a&b", true),
            (r"^\{x}{2}$", "{x}}", true),
            (r"^${x}$", "{x}", false),
            (r"^\Qa.b\E$", "a.b", true),
            (r"\bé", "aé", true),
            (r"^\p{Lu}\x{41}$", "ÉA", true),
            (r"^[^/]+--[a--]*$", "x--a-", true),
        ] {
            assert_eq!(compile(pattern).map(|r| r.is_match(subject)), Ok(matches), "{pattern}");
        }
        assert!(compile("(").is_err());
    }
}
