//! Numbers of arbitrary size, as Terraform and JSON have them.

use std::fmt;

/// A number. Whole numbers that fit are held as such; everything else as the shortest decimal text that stands for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// A whole number.
    Int(i64),
    /// Any other number, in plain decimal notation without exponent or trailing zeros.
    Decimal(smol_str::SmolStr),
}

impl Number {
    /// The whole number, where it is one that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Number::Int(n) => Some(*n),
            Number::Decimal(_) => None,
        }
    }
}

impl From<i64> for Number {
    fn from(n: i64) -> Self {
        Number::Int(n)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Int(n) => write!(f, "{n}"),
            Number::Decimal(text) => f.write_str(text),
        }
    }
}
