//! What resolving one unit may cost: time, in steps, and memory, by what is alive. Both are counted, not measured, so that a unit comes
//! out the same on every machine.

use std::cell::Cell;

use super::evaluator::Evaluator;
use crate::value::{Kind, Value};

/// How many steps one unit may take: some hundred times what the largest real configurations take. A step is an expression, or
/// [`VALUES_IN_STEP`] values that a function, a loop or an operator looks at or makes.
pub(super) const MAX_STEPS: u64 = 20_000_000;

/// How many of these one local, variable, output or attribute may take, without those that it refers to: the rest of the unit goes on.
pub(super) const MAX_VALUE_STEPS: u64 = 5_000_000;

/// How many bytes the values of one unit may take: those that are kept, and all that was made for the one that is being computed.
pub(super) const MAX_ALIVE_BYTES: usize = 192 << 20;

const VALUES_IN_STEP: usize = 4;

/// What a value takes, beside its text.
const VALUE_BYTES: usize = size_of::<Value>();

/// What was spent so far.
#[derive(Debug)]
pub(super) struct Budget {
    steps: Cell<u64>,
    /// Where the value that is being computed must stop.
    ceiling: Cell<u64>,
    /// Bytes of values that are kept.
    kept: Cell<usize>,
    /// Bytes made for the value that is being computed, and for those that wait for it.
    made: Cell<usize>,
    waiting: Cell<usize>,
    /// The size of the value that was looked at last, see [`Budget::sized`].
    size: Cell<usize>,
}

impl Default for Budget {
    fn default() -> Self {
        Budget {
            steps: Cell::default(),
            ceiling: Cell::new(MAX_STEPS),
            kept: Cell::default(),
            made: Cell::default(),
            waiting: Cell::default(),
            size: Cell::default(),
        }
    }
}

impl Budget {
    /// One step; whether it may be taken.
    pub(super) fn step(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        !self.is_spent()
    }

    /// Looking at so many values.
    pub(super) fn look(&self, values: usize) {
        self.steps.set(self.steps.get().saturating_add((values / VALUES_IN_STEP) as u64));
    }

    /// Making so many values, with so many bytes of text.
    pub(super) fn make(&self, values: usize, text: usize) {
        self.look(values);
        self.made.set(self.made.get().saturating_add(values * VALUE_BYTES + text));
    }

    /// Whether nothing more is evaluated, of the value that is being computed at least.
    pub(super) fn is_spent(&self) -> bool {
        self.steps.get() >= self.ceiling.get() || self.alive() >= MAX_ALIVE_BYTES
    }

    /// Why nothing more is evaluated, where that is so.
    pub(super) fn why(&self) -> Option<String> {
        if self.alive() >= MAX_ALIVE_BYTES {
            return Some(format!("evaluation takes more than {} MiB of memory", MAX_ALIVE_BYTES >> 20));
        }
        let limit = if self.steps.get() >= MAX_STEPS { MAX_STEPS } else { MAX_VALUE_STEPS };
        self.is_spent().then(|| format!("evaluation takes more than {limit} steps"))
    }

    fn alive(&self) -> usize {
        self.kept.get() + self.made.get() + self.waiting.get()
    }

    /// Computes a value that is kept. What it takes is not the one's that asks for it.
    pub(super) fn apart<T>(&self, compute: impl FnOnce() -> T) -> T {
        let (start, ceiling) = (self.steps.get(), self.ceiling.get());
        let made = self.made.replace(0);
        self.waiting.set(self.waiting.get() + made);
        self.ceiling.set(MAX_STEPS.min(start + MAX_VALUE_STEPS));
        self.size.set(0);
        let result = compute();
        self.kept.set(self.kept.get() + self.made.replace(made).min(self.size.replace(0)));
        self.waiting.set(self.waiting.get() - made);
        self.ceiling.set(MAX_STEPS.min(ceiling + (self.steps.get() - start)));
        result
    }

    /// How large the value is that is to be kept: what it shares with others was not made for it.
    pub(super) fn sized(&self, bytes: usize) {
        self.look(bytes / VALUE_BYTES / 8);
        self.size.set(bytes);
    }
}

impl Evaluator<'_> {
    /// Counts what a result takes: nothing, where it is shared with what was there already.
    pub(super) fn made(&self, value: &Value) {
        match &value.kind {
            Kind::List(list) if std::sync::Arc::strong_count(list) == 1 => self.budget.make(list.items.len(), 0),
            Kind::Map(map) if std::sync::Arc::strong_count(map) == 1 => self.budget.make(2 * map.entries.len(), 0),
            Kind::Text(text) => {
                let bytes: usize = text.as_known().map_or_else(|| text.holes().map_or(0, |parts| parts.len() * VALUE_BYTES), str::len);
                self.budget.make(bytes / 64, if bytes > VALUE_BYTES { bytes } else { 0 });
            }
            _ => {}
        }
    }
}
