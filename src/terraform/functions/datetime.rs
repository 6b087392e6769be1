//! Functions of points in time.

use super::hash::impure;
use super::{Function, FunctionContext, Param, string, text};
use crate::value::{Kind, Number, Reason, Unknown, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("formatdate", &[Param::String, Param::String], formatdate),
    Function::new("plantimestamp", &[], plantimestamp),
    Function::new("timeadd", &[Param::String, Param::String], timeadd),
    Function::new("timecmp", &[Param::String, Param::String], timecmp),
    Function::new("timestamp", &[], |_, ctx| Ok(impure("timestamp()", ctx))),
];

const SECOND: i128 = 1_000_000_000;
const DAY: i64 = 86_400;

/// A point in time, with the offset that it was written with.
struct Timestamp {
    /// Nanoseconds from 1970 on.
    nanos: i128,
    /// Seconds east of UTC.
    offset: i64,
}

/// The calendar's view of a [`Timestamp`].
struct Calendar {
    year: i64,
    month: i64,
    day: i64,
    /// From Sunday on.
    weekday: usize,
    hour: i64,
    minute: i64,
    second: i64,
}

/// Days from 1970-01-01 on, in the Gregorian calendar: years are counted from March, so that the leap day ends one.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_of`].
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days_of(next_year, next, 1) - days_of(year, month, 1)
}

/// RFC 3339, capital letters only, as Terraform takes it.
fn parse(text: &str) -> Option<Timestamp> {
    let number = |range: std::ops::Range<usize>| {
        let digits = text.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<i64>().ok()).flatten()
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if !marks.iter().all(|(i, mark)| text.as_bytes().get(*i) == Some(mark)) {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let rest = text.get(19..)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(digits) => {
            let length = digits.bytes().take_while(u8::is_ascii_digit).count();
            (Some(digits.get(..length).filter(|d| !d.is_empty())?), digits.get(length..)?)
        }
        None => (None, rest),
    };
    let offset = parse_offset(zone)?;
    let nanos: i128 = fraction.map_or(Some(0), |f| format!("{f:0<9}").get(..9)?.parse().ok())?;
    let seconds = days_of(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
    Some(Timestamp { nanos: i128::from(seconds) * SECOND + nanos, offset })
}

fn parse_offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let two = |s: &str| (s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<i64>().ok()).flatten();
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (hours <= 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn argument(args: &[Value], i: usize) -> Result<Timestamp, String> {
    let text = text(args, i);
    parse(text).ok_or_else(|| format!("{text:?} is no timestamp of the form 2006-01-02T15:04:05Z"))
}

impl Timestamp {
    fn calendar(&self) -> Calendar {
        let seconds = self.nanos.div_euclid(SECOND) as i64 + self.offset;
        let (days, time) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = date_of(days);
        let weekday = (days + 4).rem_euclid(7) as usize;
        Calendar { year, month, day, weekday, hour: time / 3600, minute: time / 60 % 60, second: time % 60 }
    }

    /// `+hh:mm`, or `utc` where there is no offset.
    fn zone(&self, separator: &str, utc: Option<&str>) -> String {
        match utc {
            Some(utc) if self.offset == 0 => utc.to_owned(),
            _ => {
                let sign = if self.offset < 0 { '-' } else { '+' };
                let minutes = self.offset.abs() / 60;
                format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
            }
        }
    }

    fn rfc3339(&self) -> String {
        let c = self.calendar();
        let zone = self.zone(":", Some("Z"));
        format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{zone}", c.year, c.month, c.day, c.hour, c.minute, c.second)
    }
}

fn plantimestamp(_: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    // One plan has one such time.
    let shown = "plantimestamp()";
    let message = "`plantimestamp()` is the time of the plan";
    Ok(Value::unknown(Unknown::identified(Reason::Impure, shown, shown, message, ctx.span), ctx.span))
}

fn timecmp(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let order = argument(args, 0)?.nanos.cmp(&argument(args, 1)?.nanos);
    Ok(Value::new(Kind::Number(Number::Int(order as i64)), ctx.span))
}

fn timeadd(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let from = argument(args, 0)?;
    let duration = duration(text(args, 1)).ok_or_else(|| format!("{:?} is no duration", text(args, 1)))?;
    Ok(string(Timestamp { nanos: from.nanos + duration, offset: from.offset }.rfc3339(), ctx))
}

/// Go's durations, in nanoseconds: `1h30m`, `-1.5h`.
fn duration(text: &str) -> Option<i128> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(length);
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let scale = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => SECOND,
            "m" => 60 * SECOND,
            "h" => 3600 * SECOND,
            _ => return None,
        };
        total = total.checked_add(scaled(number, scale)?)?;
        rest = after;
    }
    // Go holds a duration in 64 bits.
    i64::try_from(total).ok().map(|n| sign * i128::from(n))
}

fn scaled(number: &str, scale: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') || fraction.len() > 18 {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    whole.checked_mul(scale)?.checked_add(part.checked_mul(scale)? / 10i128.checked_pow(fraction.len() as u32)?)
}

/// A plain YAML scalar that is a date or a time, as Terraform's library reads it; `None` for other text.
pub(super) fn of_yaml(text: &str) -> Option<String> {
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    let mut date = text.splitn(3, '-');
    let is_date = digits(date.next()?, 4) && digits(date.next()?, 2) && digits(date.next()?, 2);
    let whole = if is_date { format!("{text}T00:00:00Z") } else { text.to_owned() };
    parse(&whole).map(|time| time.rfc3339())
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

fn formatdate(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let when = argument(args, 1)?;
    let calendar = when.calendar();
    let mut out = String::new();
    let mut rest = text(args, 0);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => quoted_length(rest)?,
            _ => rest.chars().take_while(|c| *c == first).map(char::len_utf8).sum(),
        };
        let (token, after) = rest.split_at(length);
        match first {
            '\'' if token == "''" => out.push('\''),
            '\'' => out.push_str(&token[1..length - 1].replace("''", "'")),
            'a'..='z' | 'A'..='Z' => out.push_str(&field(token, &when, &calendar)?),
            _ => out.push_str(token),
        }
        rest = after;
    }
    Ok(string(out, ctx))
}

/// The bytes of a quoted literal at the start, both quotes included; a doubled quote does not end it.
fn quoted_length(text: &str) -> Result<usize, String> {
    let mut at = 1;
    loop {
        let end = at + text[at..].find('\'').ok_or("a quoted literal has no closing quote")?;
        if !text[end + 1..].starts_with('\'') {
            return Ok(end + 1);
        }
        at = end + 2;
    }
}

fn field(token: &str, when: &Timestamp, c: &Calendar) -> Result<String, String> {
    let short = |name: &str| name.get(..3).unwrap_or(name).to_owned();
    let month = MONTHS.get(c.month as usize - 1).copied().unwrap_or_default();
    let weekday = DAYS.get(c.weekday).copied().unwrap_or_default();
    let half = if c.hour % 12 == 0 { 12 } else { c.hour % 12 };
    Ok(match token {
        "YYYY" => format!("{:04}", c.year),
        "YY" => format!("{:02}", c.year % 100),
        "MMMM" => month.to_owned(),
        "MMM" => short(month),
        "MM" => format!("{:02}", c.month),
        "M" => c.month.to_string(),
        "DD" => format!("{:02}", c.day),
        "D" => c.day.to_string(),
        "EEEE" => weekday.to_owned(),
        "EEE" => short(weekday),
        "hh" => format!("{:02}", c.hour),
        "h" => c.hour.to_string(),
        "HH" => format!("{half:02}"),
        "H" => half.to_string(),
        "AA" => {
            if c.hour < 12 {
                "AM".to_owned()
            } else {
                "PM".to_owned()
            }
        }
        "aa" => {
            if c.hour < 12 {
                "am".to_owned()
            } else {
                "pm".to_owned()
            }
        }
        "mm" => format!("{:02}", c.minute),
        "m" => c.minute.to_string(),
        "ss" => format!("{:02}", c.second),
        "s" => c.second.to_string(),
        "ZZZZZ" => when.zone(":", None),
        "ZZZZ" => when.zone("", None),
        "ZZZ" => when.zone("", Some("UTC")),
        "Z" => when.zone(":", Some("Z")),
        _ => return Err(format!("unknown date format verb {token:?}")),
    })
}
