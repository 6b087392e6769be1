//! Binary floating point of a fixed precision, with exact decimal input and shortest decimal output.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::{BigInt, BigUint, Sign};

/// Terraform's precision in bits.
const PRECISION: u64 = 512;
/// Decimal exponents and digit counts beyond this are refused: no configuration means them, and each costs as much memory.
const MAX_DECIMAL: i64 = 20_000;
/// The same for binary exponents, with room for arithmetic.
const MAX_BINARY: i64 = 1 << 18;

/// A finite number `±mantissa · 2^exponent`, rounded to `precision` bits.
#[derive(Clone, Debug)]
pub struct Float {
    negative: bool,
    /// Odd, or zero.
    mantissa: BigUint,
    exponent: i64,
    /// How many bits count as significant when the shortest text is sought.
    precision: u64,
}

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.negative == other.negative && self.mantissa == other.mantissa && self.exponent == other.exponent
    }
}

impl From<i64> for Float {
    fn from(n: i64) -> Self {
        Float::rounded(n < 0, BigUint::from(n.unsigned_abs()), 0, false, PRECISION)
    }
}

impl Float {
    /// The nearest float; `sticky` says that a little more than `mantissa` is meant.
    fn rounded(negative: bool, mantissa: BigUint, exponent: i64, sticky: bool, precision: u64) -> Self {
        let (mut mantissa, mut exponent) = (mantissa, exponent);
        let excess = mantissa.bits().saturating_sub(precision);
        if excess > 0 {
            let half = mantissa.bit(excess - 1);
            let below = sticky || mantissa.trailing_zeros().is_some_and(|zeros| zeros < excess - 1);
            mantissa >>= excess;
            exponent += excess as i64;
            if half && (below || mantissa.bit(0)) {
                mantissa += 1u32;
            }
        }
        match mantissa.trailing_zeros() {
            None => Float { negative: false, mantissa, exponent: 0, precision },
            Some(zeros) => Float { negative, mantissa: mantissa >> zeros, exponent: exponent + zeros as i64, precision },
        }
    }

    fn checked(self) -> Option<Self> {
        (self.exponent.abs() <= MAX_BINARY).then_some(self)
    }

    /// See [`super::Number::parse`].
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (digits, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], parse_exponent(&unsigned[at + 1..])?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() || digits.len() as i64 > MAX_DECIMAL {
            return None;
        }
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mantissa = BigUint::parse_bytes(&digits, 10)?;
        Some(Float::from_decimal(negative, mantissa, exponent - fraction.len() as i64))
    }

    fn from_decimal(negative: bool, digits: BigUint, exponent: i64) -> Self {
        let power = BigUint::from(5u32).pow(exponent.unsigned_abs() as u32);
        if exponent >= 0 {
            return Float::rounded(negative, digits * power, exponent, false, PRECISION);
        }
        let (quotient, shift, sticky) = quotient(digits, &power, PRECISION);
        Float::rounded(negative, quotient, exponent - shift, sticky, PRECISION)
    }

    pub(super) fn from_integer(n: &BigInt) -> Self {
        // A whole number keeps every bit, as Terraform's does.
        let precision = n.bits().max(PRECISION);
        Float::rounded(n.sign() == Sign::Minus, n.magnitude().clone(), 0, false, precision)
    }

    pub(super) fn from_f64(n: f64) -> Self {
        let bits = n.to_bits();
        let biased = (bits >> 52 & 0x7ff) as i64;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
        Float::rounded(n < 0.0, BigUint::from(mantissa), exponent, false, 53)
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    pub(super) fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    pub(super) fn as_i64(&self) -> Option<i64> {
        (self.is_integer() && self.exponent < 64).then(|| i64::try_from(self.floor()).ok()).flatten()
    }

    /// Whether the shortest text of this whole number `n` has all of its digits.
    pub(super) fn shows_every_digit(&self, n: i64) -> bool {
        self.precision >= 64 || n.unsigned_abs() < 1 << self.precision
    }

    pub(super) fn as_integer(&self) -> Option<BigInt> {
        self.is_integer().then(|| self.floor())
    }

    pub(super) fn floor(&self) -> BigInt {
        let signed = BigInt::from_biguint(if self.negative { Sign::Minus } else { Sign::Plus }, self.mantissa.clone());
        // A right shift of a BigInt rounds towards minus infinity.
        if self.exponent >= 0 { signed << self.exponent.unsigned_abs() } else { signed >> self.exponent.unsigned_abs() }
    }

    pub(super) fn neg(&self) -> Self {
        Float { negative: !self.negative && self.mantissa != BigUint::ZERO, ..self.clone() }
    }

    pub(super) fn add(&self, other: &Self) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        let aligned = |f: &Float| {
            let sign = if f.negative { Sign::Minus } else { Sign::Plus };
            BigInt::from_biguint(sign, f.mantissa.clone() << (f.exponent - exponent).unsigned_abs())
        };
        let sum = aligned(self) + aligned(other);
        let precision = self.precision.max(other.precision);
        Float::rounded(sum.sign() == Sign::Minus, sum.magnitude().clone(), exponent, false, precision).checked()
    }

    pub(super) fn mul(&self, other: &Self) -> Option<Self> {
        let product = &self.mantissa * &other.mantissa;
        let exponent = self.exponent + other.exponent;
        // Terraform multiplies with its full precision, then keeps what the product needs.
        let full = Float::rounded(self.negative != other.negative, product, exponent, false, PRECISION);
        let precision = self.precision.max(other.precision).max(full.mantissa.bits());
        Float { precision, ..full }.checked()
    }

    /// `other` is not zero.
    pub(super) fn div(&self, other: &Self) -> Option<Self> {
        let precision = self.precision.max(other.precision);
        let (quotient, shift, sticky) = quotient(self.mantissa.clone(), &other.mantissa, precision);
        let exponent = self.exponent - other.exponent - shift;
        Float::rounded(self.negative != other.negative, quotient, exponent, sticky, precision).checked()
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let exponent = self.exponent.min(other.exponent);
        let aligned = |f: &Float| {
            let sign = if f.negative { Sign::Minus } else { Sign::Plus };
            BigInt::from_biguint(sign, f.mantissa.clone() << (f.exponent - exponent).unsigned_abs())
        };
        aligned(self).cmp(&aligned(other))
    }

    /// The decimal digits of the exact value, and where the point stands among them.
    fn exact(mantissa: &BigUint, exponent: i64) -> Decimal {
        if exponent >= 0 {
            return Decimal::new((mantissa << exponent.unsigned_abs()).to_str_radix(10), 0);
        }
        let digits = mantissa * BigUint::from(5u32).pow(exponent.unsigned_abs() as u32);
        Decimal::new(digits.to_str_radix(10), exponent)
    }

    /// The fewest digits that no other number of this precision is nearer to.
    fn shortest(&self) -> Decimal {
        let mut decimal = Float::exact(&self.mantissa, self.exponent);
        let bits = self.mantissa.bits();
        if bits == 0 || self.precision < bits {
            return decimal;
        }
        // One bit more than the precision, so that its last bit is half a unit.
        let shift = self.precision - bits + 1;
        let mantissa = self.mantissa.clone() << shift;
        let exponent = self.exponent - shift as i64;
        let inclusive = !mantissa.bit(1);
        let lower = Float::exact(&(&mantissa - 1u32), exponent);
        let upper = Float::exact(&(&mantissa + 1u32), exponent);
        for i in 0..decimal.digits.len() {
            let (m, l, u) = (decimal.at(i), lower.at(i), upper.at(i));
            let down = l != m || inclusive && i + 1 == lower.digits.len();
            let up = m != u && (inclusive || m + 1 < u || i + 1 < upper.digits.len());
            match (down, up) {
                (true, true) => decimal.round(i + 1),
                (true, false) => decimal.truncate(i + 1),
                (false, true) => decimal.round_up(i + 1),
                (false, false) => continue,
            }
            break;
        }
        decimal
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    pub(super) fn to_fixed(&self, digits: usize) -> String {
        let mut decimal = Float::exact(&self.mantissa, self.exponent);
        let keep = decimal.point + digits as i64;
        if keep < 0 {
            decimal = Decimal::new(String::new(), 0);
        } else {
            decimal.round(keep as usize);
        }
        let plain = decimal.plain();
        let fraction = plain.split_once('.').map_or(0, |(_, f)| f.len());
        let dot = if fraction == 0 && digits > 0 { "." } else { "" };
        format!("{}{plain}{dot}{}", self.sign(), "0".repeat(digits.saturating_sub(fraction)))
    }

    pub(super) fn to_scientific(&self, digits: Option<usize>) -> String {
        let decimal = match digits {
            Some(digits) => {
                let mut exact = Float::exact(&self.mantissa, self.exponent);
                exact.round(digits.saturating_add(1));
                exact
            }
            None => self.shortest(),
        };
        format!("{}{}", self.sign(), decimal.scientific(digits))
    }

    pub(super) fn to_general(&self, digits: Option<usize>) -> String {
        let (decimal, limit) = match digits {
            Some(digits) => {
                let digits = digits.max(1);
                let mut exact = Float::exact(&self.mantissa, self.exponent);
                exact.round(digits);
                // Go counts the digits that are there where they are fewer than asked for but the number is whole.
                let limit =
                    if digits > exact.digits.len() && exact.digits.len() as i64 >= exact.point { exact.digits.len() } else { digits };
                (exact, limit as i64)
            }
            None => (self.shortest(), 6),
        };
        let exponent = decimal.point - 1;
        let body = if exponent < -4 || exponent >= limit { decimal.scientific(None) } else { decimal.plain() };
        format!("{}{body}", self.sign())
    }
}

/// A quotient with at least two bits more than `precision`, the shift of the dividend, and whether something is left over.
fn quotient(dividend: BigUint, divisor: &BigUint, precision: u64) -> (BigUint, i64, bool) {
    let shift = (precision + 2 + divisor.bits()).saturating_sub(dividend.bits());
    let dividend = dividend << shift;
    let quotient = &dividend / divisor;
    let sticky = &quotient * divisor != dividend;
    (quotient, shift as i64, sticky)
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|n: &i64| n.abs() <= MAX_DECIMAL)
}

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.sign(), self.shortest().plain())
    }
}

/// Decimal digits without leading and trailing zeros: `0.d1d2d3… · 10^point`.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    fn new(digits: String, exponent: i64) -> Self {
        let mut decimal = Decimal { point: digits.len() as i64 + exponent, digits: digits.into_bytes() };
        let zeros = decimal.digits.iter().take_while(|d| **d == b'0').count();
        decimal.digits.drain(..zeros);
        decimal.point -= zeros as i64;
        decimal.trim();
        decimal
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    fn at(&self, i: usize) -> u8 {
        self.digits.get(i).copied().unwrap_or(b'0')
    }

    fn truncate(&mut self, n: usize) {
        self.digits.truncate(n);
        self.trim();
    }

    fn round_up(&mut self, n: usize) {
        if n > self.digits.len() {
            return;
        }
        self.digits.truncate(n);
        while let Some(digit) = self.digits.pop() {
            if digit < b'9' {
                self.digits.push(digit + 1);
                return;
            }
        }
        self.digits.push(b'1');
        self.point += 1;
    }

    /// To `n` digits, half to even.
    fn round(&mut self, n: usize) {
        if n >= self.digits.len() {
            return;
        }
        let half = self.digits[n] == b'5' && n + 1 == self.digits.len();
        let up = if half { n > 0 && (self.digits[n - 1] - b'0') % 2 == 1 } else { self.digits[n] >= b'5' };
        if up { self.round_up(n) } else { self.truncate(n) }
    }

    fn plain(&self) -> String {
        let digits = String::from_utf8_lossy(&self.digits);
        if self.digits.is_empty() {
            return "0".into();
        }
        let point = self.point.unsigned_abs() as usize;
        if self.point <= 0 {
            format!("0.{}{digits}", "0".repeat(point))
        } else if point >= self.digits.len() {
            format!("{digits}{}", "0".repeat(point - self.digits.len()))
        } else {
            format!("{}.{}", &digits[..point], &digits[point..])
        }
    }

    fn scientific(&self, digits: Option<usize>) -> String {
        let first = char::from(self.at(0));
        let rest = digits.unwrap_or(self.digits.len().saturating_sub(1));
        let fraction: String = (1..=rest).map(|i| char::from(self.at(i))).collect();
        let dot = if rest > 0 { "." } else { "" };
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{first}{dot}{fraction}e{sign}{:02}", exponent.abs())
    }
}
