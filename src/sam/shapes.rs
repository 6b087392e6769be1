//! Checks that the properties of SAM resources and events are strings, maps or lists where they must be.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tree::{Kind, Tree};
use super::{Expander, hash};

/// Type → property → what it may be.
static SHAPES: LazyLock<HashMap<&'static str, Vec<(&'static str, &'static str)>>> = LazyLock::new(|| {
    let lines = include_str!("shapes.txt").lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    let read = |line: &'static str| {
        let first = line.find(':').and_then(|i| line[..i].rfind(' ')).unwrap_or(line.len());
        let (name, properties) = line.split_at(first);
        (name.trim(), properties.split_whitespace().filter_map(|p| p.split_once(':')).collect())
    };
    lines.map(read).collect()
});

impl Expander<'_> {
    /// Notes each property whose value is of the wrong sort; `owner` says whose it is.
    pub(super) fn check_shapes(&mut self, kind: &str, owner: &str, properties: &Tree) {
        for (name, shape) in SHAPES.get(kind).into_iter().flatten() {
            let Some(value) = properties.get(name) else { continue };
            // A map of one key counts as an intrinsic function, whatever the key.
            let is_intrinsic = value.map().is_some_and(|m| m.len() == 1) && !shape.starts_with('=');
            if !is_intrinsic && !fits(value, shape) {
                self.problem(value.at(), format!("`{name}` of {owner} must be {}", words(shape)));
            }
        }
    }
}

fn fits(value: &Tree, shape: &str) -> bool {
    let letter = match &value.kind {
        Kind::Map(_) => 'm',
        Kind::List(_) => 'l',
        Kind::Scalar(..) if hash::is_string(value) => 's',
        Kind::Scalar(..) if value.boolean().is_some() => 'b',
        Kind::Scalar(..) => 'i',
    };
    shape.contains(letter)
}

fn words(shape: &str) -> String {
    let word = |letter: char| match letter {
        's' => Some("a string"),
        'm' => Some("a map"),
        'l' => Some("a list"),
        // What takes an integer takes a boolean too, but no one means that.
        'b' if shape.contains('i') => None,
        'b' => Some("true or false"),
        'i' => Some("an integer"),
        _ => None,
    };
    shape.chars().filter_map(word).collect::<Vec<_>>().join(" or ")
}
