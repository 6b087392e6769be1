//! Writing YAML as Terraform's library does: strings in double quotes, or as a literal block where they have several lines.

use super::json;
use super::placeholder::{Placeholders, is_mark};
use crate::value::{Kind, Text, Value};

/// Deeper values are written as JSON, which is YAML, too.
const MAX_DEPTH: usize = 64;
/// Quoted strings are folded at the first blank after this column.
const WIDTH: usize = 80;

/// The value as a YAML document; holes stay.
pub(super) fn encode(value: &Value) -> Text {
    let mut writer = Writer { out: String::new(), holes: Placeholders::default() };
    writer.node(value, -2, Place::Document);
    if !writer.out.ends_with('\n') {
        writer.out.push('\n');
    }
    if matches!(value.kind, Kind::Null | Kind::Bool(_) | Kind::Number(_)) {
        // A plain scalar as a whole document is open ended.
        writer.out.push_str("...\n");
    }
    writer.holes.restore(&writer.out)
}

/// Where a node stands: that decides whether a collection starts on the same line.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Document,
    Item,
    Member,
}

struct Writer {
    out: String,
    holes: Placeholders,
}

impl Writer {
    /// `indent` is that of the collection that holds the node.
    fn node(&mut self, value: &Value, indent: isize, place: Place) {
        let depth = indent.max(0) as usize / 2;
        match &value.kind {
            Kind::Null => self.out.push_str("null"),
            Kind::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            Kind::Number(n) => self.out.push_str(&n.to_string()),
            Kind::Text(text) => self.string(text, indent.max(0) as usize + 2),
            Kind::List(list) if list.items.is_empty() && list.open.is_none() => self.out.push_str("[]"),
            Kind::Map(map) if map.entries.is_empty() && map.open.is_none() => self.out.push_str("{}"),
            Kind::List(list) if depth < MAX_DEPTH && list.open.is_none() => {
                // A list within a mapping is not indented.
                let own = if place == Place::Member { indent } else { indent + 2 };
                for (i, item) in list.items.iter().enumerate() {
                    self.start(own, i == 0 && place != Place::Member);
                    self.out.push_str("- ");
                    self.node(item, own, Place::Item);
                }
            }
            Kind::Map(map) if depth < MAX_DEPTH && map.open.is_none() => {
                let own = indent + 2;
                let mut entries: Vec<_> = map.entries.iter().collect();
                entries.sort_by(|a, b| a.0.cmp(b.0));
                for (i, (key, item)) in entries.into_iter().enumerate() {
                    self.start(own, i == 0 && place != Place::Member);
                    self.quoted(key, own as usize, false);
                    self.out.push(':');
                    let block = match &item.kind {
                        Kind::List(list) => !list.items.is_empty() && list.open.is_none(),
                        Kind::Map(map) => !map.entries.is_empty() && map.open.is_none(),
                        _ => false,
                    };
                    if !block {
                        self.out.push(' ');
                    }
                    self.node(item, own, Place::Member);
                }
            }
            _ => {
                let json = json::encode(value);
                let marked = self.holes.mark(&json);
                self.out.push_str(&marked);
            }
        }
    }

    /// Begins an entry: on the line of its parent's mark where it is the first, else on a line of its own.
    fn start(&mut self, indent: isize, same_line: bool) {
        if same_line {
            return;
        }
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n(' ', indent.max(0) as usize));
    }

    fn string(&mut self, text: &Text, indent: usize) {
        let marked = self.holes.mark(text);
        if text.as_known().is_some() && marked.contains('\n') && fits_block(&marked) {
            self.literal(&marked, indent);
        } else {
            self.quoted(&marked, indent, text.as_known().is_some());
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.out.push('|');
        if text.starts_with([' ', '\n']) {
            self.out.push('2');
        }
        if !text.ends_with('\n') {
            self.out.push('-');
        } else if text.len() == 1 || text.ends_with("\n\n") {
            self.out.push('+');
        }
        self.out.push('\n');
        for line in text.split_inclusive('\n') {
            if line != "\n" {
                self.out.extend(std::iter::repeat_n(' ', indent));
            }
            self.out.push_str(line);
        }
    }

    fn quoted(&mut self, text: &str, indent: usize, fold: bool) {
        let line_start = self.out.rfind('\n').map_or(0, |at| at + 1);
        let mut column = self.out[line_start..].chars().count() + 1;
        self.out.push('"');
        let mut after_blank = false;
        let last = text.chars().count().saturating_sub(1);
        let mut chars = text.chars().enumerate().peekable();
        while let Some((i, c)) = chars.next() {
            if c == ' ' && fold && !after_blank && column > WIDTH && i > 0 && i < last {
                self.out.push('\n');
                self.out.extend(std::iter::repeat_n(' ', indent));
                column = indent;
                if chars.peek().is_some_and(|(_, next)| *next == ' ') {
                    self.out.push('\\');
                    column += 1;
                }
                after_blank = true;
                continue;
            }
            let length = self.out.len();
            escape(c, &mut self.out);
            column += self.out[length..].chars().count();
            after_blank = c == ' ';
        }
        self.out.push('"');
    }
}

/// What the library takes for printable: the basic plane without controls.
fn printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

fn fits_block(text: &str) -> bool {
    !text.ends_with(' ') && !text.contains(" \n") && text.chars().all(printable)
}

fn escape(c: char, out: &mut String) {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ if printable(c) || is_mark(c) => return out.push(c),
        _ => {
            let code = c as u32;
            let text = match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            };
            return out.push_str(&text);
        }
    };
    out.extend(['\\', short]);
}
