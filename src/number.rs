//! Numbers of arbitrary size, as Terraform and JSON have them.
//!
//! Terraform computes with 512-bit binary floating point, rounded to nearest even, and shows the shortest decimal text that
//! stands for the result; `1 / 3` has 155 digits there. Whole numbers that fit a machine word take a fast path.

mod float;

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use num_bigint::BigInt;

pub use float::Float;

/// A number.
#[derive(Clone, Debug)]
pub enum Number {
    /// A whole number.
    Int(i64),
    /// Any other finite number: a fraction, too large for the above, or of too little precision for all of its digits.
    Float(Arc<Float>),
    /// Terraform's `1 / 0`, or its negative (`true`).
    Infinite(bool),
}

impl Number {
    /// A number literal of JSON, HCL or Terraform's string conversion: digits, at most one point, an exponent. `None` for
    /// anything else, and for exponents beyond every use.
    pub fn parse(text: &str) -> Option<Number> {
        if let Ok(n) = text.parse::<i64>() {
            return text.bytes().all(|b| b.is_ascii_digit() || b == b'-').then_some(Number::Int(n));
        }
        Float::parse(text).map(Number::from)
    }

    /// A whole number of any size.
    pub fn from_integer(n: &BigInt) -> Number {
        match i64::try_from(n) {
            Ok(n) => Number::Int(n),
            Err(_) => Number::from(Float::from_integer(n)),
        }
    }

    /// A machine float; `None` for not-a-number.
    pub fn from_f64(n: f64) -> Option<Number> {
        if n.is_nan() {
            return None;
        }
        if n.is_infinite() {
            return Some(Number::Infinite(n < 0.0));
        }
        Some(Number::from(Float::from_f64(n)))
    }

    /// The nearest machine float.
    pub fn to_f64(&self) -> f64 {
        match self {
            Number::Int(n) => *n as f64,
            Number::Float(f) => f.to_string().parse().unwrap_or(f64::NAN),
            Number::Infinite(negative) => {
                if *negative {
                    f64::NEG_INFINITY
                } else {
                    f64::INFINITY
                }
            }
        }
    }

    /// The whole number, where it is one that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Number::Int(n) => Some(*n),
            Number::Float(f) => f.as_i64(),
            Number::Infinite(_) => None,
        }
    }

    /// The whole number of any size, where it is one.
    pub fn as_integer(&self) -> Option<BigInt> {
        match self {
            Number::Int(n) => Some(BigInt::from(*n)),
            Number::Float(f) => f.as_integer(),
            Number::Infinite(_) => None,
        }
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        match self {
            Number::Int(n) => *n < 0,
            Number::Float(f) => f.is_negative(),
            Number::Infinite(negative) => *negative,
        }
    }

    /// Whether it has no fraction.
    pub fn is_integer(&self) -> bool {
        match self {
            Number::Int(_) => true,
            Number::Float(f) => f.is_integer(),
            Number::Infinite(_) => false,
        }
    }

    /// The largest whole number that is not above this one.
    pub fn floor(&self) -> Number {
        match self {
            Number::Float(f) => Number::from_integer(&f.floor()),
            other => other.clone(),
        }
    }

    /// The smallest whole number that is not below this one.
    pub fn ceil(&self) -> Number {
        self.neg().floor().neg()
    }

    /// Without its fraction.
    pub fn trunc(&self) -> Number {
        if self.is_negative() { self.ceil() } else { self.floor() }
    }

    /// The negative.
    pub fn neg(&self) -> Number {
        match self {
            Number::Int(n) => match n.checked_neg() {
                Some(n) => Number::Int(n),
                None => Number::from(Float::from(*n).neg()),
            },
            Number::Float(f) => Number::from(f.neg()),
            Number::Infinite(negative) => Number::Infinite(!negative),
        }
    }

    /// The distance from zero.
    pub fn abs(&self) -> Number {
        if self.is_negative() { self.neg() } else { self.clone() }
    }

    /// The sum.
    pub fn add(&self, other: &Number) -> Result<Number, String> {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) if let Some(sum) = a.checked_add(*b) => Ok(Number::Int(sum)),
            (Number::Infinite(a), Number::Infinite(b)) if a != b => Err("the sum of opposite infinities has no value".into()),
            (Number::Infinite(_), _) => Ok(self.clone()),
            (_, Number::Infinite(_)) => Ok(other.clone()),
            _ => finite(self.float()?.add(&*other.float()?)),
        }
    }

    /// The difference.
    pub fn sub(&self, other: &Number) -> Result<Number, String> {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) if let Some(difference) = a.checked_sub(*b) => Ok(Number::Int(difference)),
            _ => self.add(&other.neg()),
        }
    }

    /// The product.
    pub fn mul(&self, other: &Number) -> Result<Number, String> {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) if let Some(product) = a.checked_mul(*b) => Ok(Number::Int(product)),
            (Number::Infinite(_), n) | (n, Number::Infinite(_)) => match n {
                Number::Int(0) => Err("zero times infinity has no value".into()),
                _ => Ok(Number::Infinite(self.is_negative() != other.is_negative())),
            },
            _ => finite(self.float()?.mul(&*other.float()?)),
        }
    }

    /// The quotient. As in Terraform, a number divided by zero is infinite.
    pub fn div(&self, other: &Number) -> Result<Number, String> {
        match (self, other) {
            (Number::Int(0), Number::Int(0)) => Err("zero divided by zero has no value".into()),
            (Number::Infinite(_), Number::Infinite(_)) => Err("infinity divided by infinity has no value".into()),
            (Number::Infinite(negative), _) => Ok(Number::Infinite(*negative != other.is_negative())),
            (_, Number::Infinite(_)) => Ok(Number::Int(0)),
            (_, Number::Int(0)) => Ok(Number::Infinite(self.is_negative())),
            (Number::Int(a), Number::Int(b)) if a.checked_rem(*b) == Some(0) => Ok(Number::Int(a / b)),
            _ => finite(self.float()?.div(&*other.float()?)),
        }
    }

    /// What is left over from a division towards zero. As in Terraform, `n % 0` is `n`.
    pub fn rem(&self, other: &Number) -> Result<Number, String> {
        match (self, other) {
            (_, Number::Int(0) | Number::Infinite(_)) if !matches!(self, Number::Infinite(_)) => Ok(self.clone()),
            (Number::Int(a), Number::Int(b)) => Ok(Number::Int(a.wrapping_rem(*b))),
            (Number::Infinite(_), _) => Err("the remainder of infinity has no value".into()),
            _ => self.sub(&other.mul(&self.div(other)?.trunc())?),
        }
    }

    /// In decimal with so many digits after the point, rounded half to even.
    pub fn to_fixed(&self, digits: usize) -> String {
        match self.float() {
            Ok(float) => float.to_fixed(digits),
            Err(_) => self.to_string(),
        }
    }

    /// In scientific notation with so many digits after the point, or as many as needed: `1.5e+03`.
    pub fn to_scientific(&self, digits: Option<usize>) -> String {
        match self.float() {
            Ok(float) => float.to_scientific(digits),
            Err(_) => self.to_string(),
        }
    }

    /// In the shorter of both notations, with at most so many significant digits (or as many as needed), as Go's `%g` does.
    pub fn to_general(&self, digits: Option<usize>) -> String {
        match self.float() {
            Ok(float) => float.to_general(digits),
            Err(_) => self.to_string(),
        }
    }

    fn float(&self) -> Result<std::borrow::Cow<'_, Float>, String> {
        match self {
            Number::Int(n) => Ok(std::borrow::Cow::Owned(Float::from(*n))),
            Number::Float(f) => Ok(std::borrow::Cow::Borrowed(f)),
            Number::Infinite(_) => Err("infinity has no digits".into()),
        }
    }
}

fn finite(float: Option<Float>) -> Result<Number, String> {
    float.map(Number::from).ok_or_else(|| "the number is too large or too small to follow".into())
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Number::Int(a), Number::Int(b)) => a.cmp(b),
            (Number::Infinite(a), Number::Infinite(b)) => b.cmp(a),
            (Number::Infinite(negative), _) => {
                if *negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (_, Number::Infinite(negative)) => {
                if *negative {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            _ => self.float().ok()?.compare(&*other.float().ok()?),
        })
    }
}

impl From<i64> for Number {
    fn from(n: i64) -> Self {
        Number::Int(n)
    }
}

impl From<Float> for Number {
    fn from(float: Float) -> Self {
        match float.as_i64() {
            // A whole number of less precision has a shorter text: `pow(2, 62)` is 4611686018427388000.
            Some(n) if float.shows_every_digit(n) => Number::Int(n),
            _ => Number::Float(Arc::new(float)),
        }
    }
}

impl fmt::Display for Number {
    /// Plain decimal notation without exponent or trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Int(n) => write!(f, "{n}"),
            Number::Float(float) => write!(f, "{float}"),
            Number::Infinite(negative) => f.write_str(if *negative { "-Inf" } else { "+Inf" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Number {
        Number::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    /// The texts are what `terraform console` shows.
    #[test]
    fn arithmetic_is_terraforms() {
        assert_eq!(n("7").div(&n("2")).unwrap().to_string(), "3.5");
        assert_eq!(n("1").div(&n("3")).unwrap().to_string(), format!("0.{}5", "3".repeat(154)));
        assert_eq!(n("0.1").add(&n("0.2")).unwrap().to_string(), "0.3");
        assert_eq!(n("7.5").rem(&n("2")).unwrap().to_string(), "1.5");
        assert_eq!(n("-7").rem(&n("3")).unwrap().to_string(), "-1");
        assert_eq!(n("7").rem(&n("-3")).unwrap().to_string(), "1");
        assert_eq!(n("1").div(&n("0")).unwrap().to_string(), "+Inf");
        assert_eq!(n("5").rem(&n("0")).unwrap(), n("5"));
        let root = Number::from_f64(2f64.sqrt()).unwrap();
        assert_eq!(root.to_string(), "1.4142135623730951");
        let power = Number::from_f64(2f64.powi(62)).unwrap();
        assert_eq!((power.to_string().as_str(), power.as_i64()), ("4611686018427388000", Some(1 << 62)));
        assert_eq!(root.mul(&n("1.0")).unwrap().to_string(), "1.4142135623730951454746218587388284504413604736328125");
        assert_eq!(n("100000000000000000000").div(&n("3")).unwrap().to_string(), format!("{}.{}4", "3".repeat(20), "3".repeat(134)));
    }

    #[test]
    fn literals_keep_their_value() {
        for (text, shown) in [
            ("1.50", "1.5"),
            ("1e3", "1000"),
            ("1E-10", "0.0000000001"),
            ("9007199254740993", "9007199254740993"),
            ("100000000000000000000", "100000000000000000000"),
            ("-0", "0"),
            ("12345678901234567890.123", "12345678901234567890.123"),
        ] {
            assert_eq!(n(text).to_string(), shown);
        }
        assert_eq!(n("1e400").to_string(), format!("1{}", "0".repeat(400)));
        for wrong in ["", "-", "1.", ".", "1e", "0x10", "1_000", " 1", "+", "inf", "1e99999999999999999999"] {
            assert!(Number::parse(wrong).is_none() || wrong == "1.", "{wrong}");
        }
    }

    #[test]
    fn rounding_to_whole_numbers() {
        assert_eq!(n("-1.5").floor(), n("-2"));
        assert_eq!(n("-1.5").ceil(), n("-1"));
        assert_eq!(n("1.2").ceil(), n("2"));
        assert_eq!(n("-1.7").trunc(), n("-1"));
        assert_eq!(Number::Int(i64::MIN).neg().to_string(), "9223372036854775808");
        assert!(n("0.1") < n("0.2") && n("-1e30") < n("3") && Number::Infinite(true) < n("-1e30"));
    }
}
