//! Values as source text in Terraform's canonical layout, for the functions of its built-in provider.

use std::fmt::Write as _;

use super::{Function, FunctionContext, Param, derived, string};
use crate::value::{Kind, Map, Str, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("provider::terraform::encode_expr", &[Param::Nullable], |args, ctx| {
        let mut writer = Writer::default();
        writer.value(&args[0]);
        Ok(string(writer.finish(), ctx))
    }),
    Function::new("provider::terraform::encode_tfvars", &[Param::Any], encode_tfvars),
    // What is decoded is evaluated, which the evaluator does before it comes to this.
    Function::new("provider::terraform::decode_tfvars", &[Param::String], |args, ctx| {
        Ok(derived("provider::terraform::decode_tfvars", args, ctx.span))
    }),
];

fn encode_tfvars(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let Kind::Map(map) = &args[0].kind else { return Err("an object is required, whose attributes are the names of variables".into()) };
    if let Some(name) = map.entries.keys().find(|name| !is_identifier(name)) {
        return Err(format!("{name:?} is no name of a variable"));
    }
    let mut writer = Writer::default();
    writer.members(map);
    Ok(string(writer.finish(), ctx))
}

/// Whether a text is a name as Terraform's language has them.
pub(in crate::terraform) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// One line: what it opens and closes says how deep the next ones stand.
#[derive(Default)]
struct Line {
    /// Up to the equals sign, where there is one.
    lead: String,
    /// The value after the equals sign.
    value: Option<String>,
    /// Brackets that are opened less those that are closed, in all.
    net: i32,
    /// The same, of the value.
    net_of_value: i32,
}

#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    line: Line,
}

impl Writer {
    fn push(&mut self, text: &str, bracket: i32) {
        self.line.net += bracket;
        match &mut self.line.value {
            Some(value) => {
                value.push_str(text);
                self.line.net_of_value += bracket;
            }
            None => self.line.lead.push_str(text),
        }
    }

    fn end_line(&mut self) {
        self.lines.push(std::mem::take(&mut self.line));
    }

    fn value(&mut self, value: &Value) {
        match &value.kind {
            Kind::List(list) => {
                self.push("[", 1);
                for (i, item) in list.items.iter().enumerate() {
                    self.push(if i == 0 { "" } else { ", " }, 0);
                    self.value(item);
                }
                self.push("]", -1);
            }
            Kind::Map(map) => {
                self.push("{", 1);
                if !map.entries.is_empty() {
                    self.end_line();
                    self.members(map);
                }
                self.push("}", -1);
            }
            Kind::Text(text) => self.push(&quoted(text.as_known().unwrap_or_default()), 0),
            _ => self.push(&value.to_string(), 0),
        }
    }

    fn members(&mut self, map: &Map) {
        let mut entries: Vec<(&Str, &Value)> = map.entries.iter().collect();
        entries.sort_by(|a, b| a.0.cmp(b.0));
        for (key, value) in entries {
            let key = if is_identifier(key) { key.to_string() } else { quoted(key) };
            self.push(&key, 0);
            // A line has one equals sign at most: what is inside of a value begins lines of its own.
            self.line.value = Some(String::new());
            self.value(value);
            self.end_line();
        }
    }

    /// The text, each line as deep as the brackets that stay open before it, equals signs of neighbouring lines in one column.
    fn finish(mut self) -> String {
        if !self.line.lead.is_empty() {
            self.end_line();
            return self.text().trim_end_matches('\n').to_owned();
        }
        self.text()
    }

    fn text(&self) -> String {
        let mut out = String::new();
        let mut open: Vec<i32> = Vec::new();
        let mut start = 0;
        while start < self.lines.len() {
            // Values that go on over several lines stand in no column.
            let aligned = |line: &Line| line.value.is_some() && line.net_of_value == 0;
            let run = self.lines[start..].iter().take_while(|line| aligned(line)).count().max(1);
            let lines = &self.lines[start..start + run];
            let width = lines.iter().map(|line| line.lead.chars().count()).max().unwrap_or(0);
            for line in lines {
                close(&mut open, line.net);
                let indent = 2 * open.len();
                let _ = match &line.value {
                    Some(value) if aligned(line) => writeln!(out, "{:indent$}{:width$} = {value}", "", line.lead),
                    Some(value) => writeln!(out, "{:indent$}{} = {value}", "", line.lead),
                    None => writeln!(out, "{:indent$}{}", "", line.lead),
                };
                if line.net > 0 {
                    open.push(line.net);
                }
            }
            start += run;
        }
        out
    }
}

/// Takes from the levels that are open those that a line closes.
fn close(open: &mut Vec<i32>, net: i32) {
    let mut closed = -net;
    while closed > 0
        && let Some(last) = open.last_mut()
    {
        let taken = closed.min(*last);
        *last -= taken;
        closed -= taken;
        if *last == 0 {
            open.pop();
        }
    }
}

/// A string in quotes, nothing in it a template.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([c, c]),
            _ if c.is_control() => out.push_str(&format!("\\u{:04x}", c as u32)),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
