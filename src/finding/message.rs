//! The words of a finding: a headline, and notes that say the rest.

use std::fmt;

use crate::value::Guard;

/// What a finding says, in parts that each format places as suits it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Message {
    /// What will happen and what is the cause, in one clause with the real names: 100 characters at most where these allow it (a
    /// name counts 20 at most; a test holds that). No full stop.
    pub headline: String,
    /// Why, and what else there is to know: one sentence each, in small letters and without a full stop, as they follow "note:".
    pub notes: Vec<String>,
    /// The conditions under which it holds, where they were said of it.
    pub condition: Guard,
}

impl Message {
    /// A message of a headline alone.
    pub fn new(headline: impl Into<String>) -> Self {
        Message { headline: headline.into(), notes: Vec::new(), condition: Guard::always() }
    }

    /// The message with one more note; an empty one is none.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        let note = note.into();
        if !note.is_empty() {
            self.notes.push(note);
        }
        self
    }

    /// Whether its text, read as a whole, has this in it.
    pub fn contains(&self, text: &str) -> bool {
        self.to_string().contains(text)
    }

    /// The message with its cause: behind the headline where there is room, else as a note.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        let cause = cause.into();
        if !self.headline.contains(": ") && self.headline.chars().count() + 2 + cause.chars().count() <= HEADLINE {
            self.headline.push_str(": ");
            self.headline.push_str(&cause);
            return self;
        }
        self.note(cause)
    }

    /// The message with the conditions under which it holds: behind the headline where there is room, else as a note.
    #[must_use]
    pub fn under(mut self, guard: &Guard) -> Self {
        self.condition = guard.clone();
        if guard.is_always() {
            return self;
        }
        let condition = format!(", where {guard}");
        if self.headline.chars().count() + condition.chars().count() <= HEADLINE {
            self.headline.push_str(&condition);
            return self;
        }
        self.note(format!("it is so where {guard}"))
    }

    /// The message, known to hold under these conditions, which its words name already.
    #[must_use]
    pub fn assuming(mut self, guard: &Guard) -> Self {
        self.condition = guard.clone();
        self
    }

    /// All of its texts, to spell them in another way.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        std::iter::once(&mut self.headline).chain(&mut self.notes)
    }
}

impl From<String> for Message {
    fn from(headline: String) -> Self {
        Message::new(headline)
    }
}

impl From<&str> for Message {
    fn from(headline: &str) -> Self {
        Message::new(headline)
    }
}

/// The whole message as running text: sentences with a full stop between them, none at the end.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.headline.trim_end_matches('.'))?;
        self.notes.iter().try_for_each(|note| write!(f, ". {}", capitalised(note.trim_end_matches('.'))))
    }
}

/// How many characters a headline has where the names in it allow.
pub const HEADLINE: usize = 100;

/// How many names of a long list are shown.
const SHOWN: usize = 3;

/// `a`, `a and b`, `a, b and c`.
pub fn listed<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => format!("{} and {}", first.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "), last.as_ref()),
    }
}

/// Likewise of the first three, with the number of the others: `a, b, c and 147 more`.
pub fn some<S: AsRef<str>>(items: &[S]) -> String {
    match items.len() {
        0..=SHOWN => listed(items),
        count => {
            let shown: Vec<&str> = items.iter().take(SHOWN).map(AsRef::as_ref).collect();
            format!("{} and {} more", shown.join(", "), count - SHOWN)
        }
    }
}

/// A text with a capital letter at its beginning.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_reads_as_sentences() {
        let message = Message::new("`f` fails").note("role `r` lacks it").note("").note("`p` was read.");
        assert_eq!(message.to_string(), "`f` fails. Role `r` lacks it. `p` was read");
        assert_eq!(message.notes.len(), 2);
        assert!(message.contains("fails. Role"));
    }

    #[test]
    fn a_cause_goes_where_there_is_room() {
        let short = Message::new("`f` fails").because("`r` lacks it");
        assert_eq!((short.headline.as_str(), short.notes.len()), ("`f` fails: `r` lacks it", 0));
        let long = Message::new("`f` fails").because("x".repeat(100));
        assert_eq!((long.headline.as_str(), long.notes.len()), ("`f` fails", 1));
    }

    #[test]
    fn a_condition_goes_where_there_is_room() {
        let guard = Guard::when("Env == \"prod\"", true);
        let short = Message::new("`f` fails").under(&guard);
        assert_eq!((short.headline.as_str(), short.notes.len()), ("`f` fails, where Env == \"prod\"", 0));
        let long = Message::new("x".repeat(90)).under(&guard);
        assert_eq!((long.headline.len(), long.notes), (90, vec!["it is so where Env == \"prod\"".to_owned()]));
        assert_eq!(Message::new("`f` fails").under(&Guard::always()).to_string(), "`f` fails");
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(some(&["a"; 2]), "a and a");
        assert_eq!(some(&["a"; 3]), "a, a and a");
        assert_eq!(some(&["a"; 150]), "a, a, a and 147 more");
    }
}
