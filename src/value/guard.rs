//! Undecided conditions under which something holds.

use std::fmt;

use super::Str;

/// A conjunction of undecided conditions, each with its polarity, under which something holds. Empty: always.
#[derive(Clone, Debug, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct Guard {
    terms: Vec<(Str, bool)>,
}

impl Guard {
    /// Holds always.
    pub fn always() -> Self {
        Guard::default()
    }

    /// Holds when the condition of that identity is `polarity`.
    pub fn when(condition: impl Into<Str>, polarity: bool) -> Self {
        Guard { terms: vec![(condition.into(), polarity)] }
    }

    /// Whether it holds always.
    pub fn is_always(&self) -> bool {
        self.terms.is_empty()
    }

    /// The terms, sorted.
    pub fn terms(&self) -> &[(Str, bool)] {
        &self.terms
    }

    /// Both; `None` where the two contradict each other: a condition that is true and false, or one value that equals two
    /// texts (`Env == "prod"` and `Env == "dev"`).
    pub fn and(&self, other: &Guard) -> Option<Guard> {
        let mut terms = self.terms.clone();
        for (name, polarity) in &other.terms {
            match terms.iter().find(|(n, _)| n == name) {
                Some((_, p)) if p == polarity => {}
                Some(_) => return None,
                None if *polarity && self.excludes(name) => return None,
                None => terms.push((name.clone(), *polarity)),
            }
        }
        terms.sort();
        let both = Guard { terms };
        // What a value equals says what it does not.
        let needed = both.terms.iter().filter(|(name, polarity)| *polarity || !both.excludes(name)).cloned().collect();
        Some(Guard { terms: needed })
    }

    /// Whether `other` holds whenever this does: this one's terms include all of `other`'s, or rule out what it negates.
    pub fn implies(&self, other: &Guard) -> bool {
        other.terms.iter().all(|t| self.terms.contains(t) || (!t.1 && self.excludes(&t.0)))
    }

    /// Whether a term says that a value equals a text, and this guard that it equals another.
    fn excludes(&self, name: &str) -> bool {
        let Some((value, text)) = equals_literal(name) else { return false };
        let other = |n: &str| equals_literal(n).is_some_and(|(v, t)| v == value && t != text);
        self.terms.iter().any(|(n, polarity)| *polarity && other(n))
    }
}

/// The two sides of a condition `value == "text"`; none for other conditions, and for texts with holes.
fn equals_literal(condition: &str) -> Option<(&str, &str)> {
    let (value, text) = condition.strip_suffix('"')?.split_once(" == \"")?;
    let is_one_value = !value.contains(['|', '&', '?', '<', '>', '=', '"']);
    (is_one_value && !text.contains("${") && !text.contains('"')).then_some((value, text))
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, polarity)) in self.terms.iter().enumerate() {
            let joint = if i == 0 { "" } else { " and " };
            let not = if *polarity { "" } else { "not " };
            write!(f, "{joint}{not}{name}")?;
        }
        Ok(())
    }
}
