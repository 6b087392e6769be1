//! Reading a text with holes by a parser of known text: each hole becomes a mark, and the marks become holes again.

use crate::value::{Part, Text};

/// Private-use characters that no configuration holds; where one does, the text counts as one that cannot be read.
const START: char = '\u{f8f0}';
const END: char = '\u{f8f1}';

/// Whether the character marks a hole.
pub(super) fn is_mark(c: char) -> bool {
    c == START || c == END
}

/// The holes of a text, in order.
#[derive(Default)]
pub(super) struct Placeholders {
    holes: Vec<Part>,
}

impl Placeholders {
    /// The text with a mark for each hole.
    pub(super) fn new(text: &Text) -> (String, Self) {
        let mut placeholders = Placeholders::default();
        (placeholders.mark(text), placeholders)
    }

    /// The same for another text, whose holes are added.
    pub(super) fn mark(&mut self, text: &Text) -> String {
        let mut marked = String::new();
        for part in text.parts() {
            match part {
                Part::Literal(literal) => marked.push_str(&literal),
                hole => {
                    marked.push_str(&format!("{START}{}{END}", self.holes.len()));
                    self.holes.push(hole);
                }
            }
        }
        marked
    }

    /// Whether the text has no holes.
    pub(super) fn is_empty(&self) -> bool {
        self.holes.is_empty()
    }

    /// The text with its holes.
    pub(super) fn restore(&self, marked: &str) -> Text {
        if self.holes.is_empty() {
            return Text::literal(marked);
        }
        let mut parts = Vec::new();
        let mut rest = marked;
        while let Some((before, after)) = rest.split_once(START) {
            let hole = after.split_once(END).and_then(|(index, tail)| Some((self.holes.get(index.parse::<usize>().ok()?)?, tail)));
            let Some((hole, tail)) = hole else { break };
            parts.extend([Part::Literal(before.into()), hole.clone()]);
            rest = tail;
        }
        parts.push(Part::Literal(rest.into()));
        Text::from_parts(parts)
    }
}
