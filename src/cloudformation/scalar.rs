//! From the text of a scalar to a value, by the rules of YAML 1.1 and of CloudFormation.

use super::identity;
use crate::source::Span;
use crate::syntax::node::Style;
use crate::value::{Kind, Number, Part, Reason, Str, Text, Unknown, Value, format_smolstr};

/// The value of a scalar.
///
/// What is quoted is a string. A plain scalar is a boolean or an integer in any of YAML 1.1's spellings (`0x1f`, `0755`, `1_000`,
/// `1:30`), and another number only where the number's own spelling is the source text: `1.0`, a date or a version would be another
/// text as a number. Account ids (12 digits) are names, not numbers; those that start with 0 and have octal digits only CloudFormation
/// reads as octal numbers all the same.
pub(super) fn value(text: &str, style: Style, span: Span) -> Value {
    if style == Style::Quoted {
        return Value::new(Kind::Text(dynamic_references(Text::literal(text), span)), span);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::null(span),
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Value::new(Kind::Bool(true), span),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Value::new(Kind::Bool(false), span),
        _ => {}
    }
    match number(text).or_else(|| spelled(text)) {
        Some(number) => Value::new(Kind::Number(number), span),
        None => Value::new(Kind::Text(dynamic_references(Text::literal(text), span)), span),
    }
}

/// An integer in a spelling of YAML 1.1 that is not its decimal one ("Integer Language-Independent Type for YAML Version 1.1").
fn spelled(text: &str) -> Option<Number> {
    const MAX_DIGITS: usize = 40;
    if (is_account(text) && !text.starts_with('0')) || text.len() > MAX_DIGITS {
        return None;
    }
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let bare: String = digits.chars().filter(|c| *c != '_').collect();
    let starts_with_digit = digits.starts_with(|c: char| c.is_ascii_digit());
    let value = match bare.as_str() {
        _ if !starts_with_digit => None,
        text if text.starts_with("0x") => i64::from_str_radix(&text[2..], 16).ok(),
        text if text.starts_with("0b") => i64::from_str_radix(&text[2..], 2).ok(),
        text if text.contains(':') => sexagesimal(text),
        text if text.len() > 1 && text.starts_with('0') => i64::from_str_radix(&text[1..], 8).ok(),
        text => text.parse().ok(),
    };
    // Without `from_str_radix`'s own signs: `0x-1` is a text.
    let is_plain = !bare.contains(['+', '-']);
    value.filter(|_| is_plain).map(|value| Number::from(sign * value))
}

/// `1:30`: sixties, of which none but the first is above 59 and the first does not start with 0.
fn sexagesimal(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let first = parts.next().filter(|first| !first.starts_with('0'))?;
    parts.try_fold(first.parse::<i64>().ok()?, |sum, part| {
        let part: i64 = Some(part).filter(|part| (1..=2).contains(&part.len()))?.parse().ok()?;
        sum.checked_mul(60)?.checked_add(Some(part).filter(|part| *part < 60)?)
    })
}

/// Whether a text is an account id by its shape.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn number(text: &str) -> Option<Number> {
    if is_account(text) || text.len() > 40 {
        return None;
    }
    Number::parse(text).filter(|number| number.to_string() == text)
}

/// Makes each `{{resolve:…}}` of a text a hole: CloudFormation asks Systems Manager or Secrets Manager at the deploy. Two of
/// the same text are the same value (CloudFormation User Guide, "Get values stored in other services using dynamic references").
pub(super) fn dynamic_references(text: Text, span: Span) -> Text {
    const OPEN: &str = "{{resolve:";
    let literal_has = |part: &Part| matches!(part, Part::Literal(l) if l.contains(OPEN));
    if !text.as_known().map_or_else(|| text.parts().iter().any(literal_has), |t| t.contains(OPEN)) {
        return text;
    }
    let mut out: Vec<Part> = Vec::new();
    // The parts since `{{resolve:`, while its end is still to come.
    let mut inside: Option<Vec<Part>> = None;
    for part in text.parts() {
        let Part::Literal(literal) = &part else {
            inside.as_mut().unwrap_or(&mut out).push(part);
            continue;
        };
        let mut rest = literal.as_str();
        loop {
            let mark = if inside.is_some() { "}}" } else { OPEN };
            let Some(at) = rest.find(mark) else { break };
            if let Some(mut reference) = inside.take() {
                reference.push(Part::Literal(Str::from(&rest[..at + mark.len()])));
                out.push(hole(reference, span));
                rest = &rest[at + mark.len()..];
            } else {
                out.push(Part::Literal(Str::from(&rest[..at])));
                inside = Some(vec![Part::Literal(OPEN.into())]);
                rest = &rest[at + mark.len()..];
            }
        }
        inside.as_mut().unwrap_or(&mut out).push(Part::Literal(Str::from(rest)));
    }
    out.extend(inside.into_iter().flatten());
    Text::from_parts(out)
}

fn hole(reference: Vec<Part>, span: Span) -> Part {
    let text = Value::new(Kind::Text(Text::from_parts(reference)), span);
    let shown = Str::from(text.to_string());
    let message = format_smolstr!("`{shown}` is read at the deploy");
    Part::Unknown(match identity::of(&text) {
        Some(identity) => Unknown::identified(Reason::External, identity, shown, message, span),
        None => Unknown::new(Reason::External, shown, message, span),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Kind {
        value(text, Style::Plain, Span::NONE).kind
    }

    #[test]
    fn plain_scalars() {
        for text in ["1.0", "1.50", "1e3", "2012-10-17", "123456789012", "012345678901", "08", "09:00", "0o17", "0x"] {
            assert_eq!(plain(text), Kind::Text(Text::literal(text)), "{text}");
        }
        let spelled = [
            ("012345670123", 1_402_433_619),
            ("010", 8),
            ("1_", 1),
            ("0755", 493),
            ("1_000", 1000),
            ("0x1F", 31),
            ("0b101", 5),
            ("+1", 1),
            ("-0", 0),
            ("-010", -8),
        ];
        for (text, number) in spelled.into_iter().chain([("12:30:00", 45_000), ("1:30", 90), ("190:20:30", 685_230)]) {
            assert_eq!(plain(text), Kind::Number(Number::Int(number)), "{text}");
        }
        for text in [".5", "5.", "00.5", "1.2.3", "y", "1:60", "1:30:", ":30", "0x-1", "_1", "-", ".", "+"] {
            assert_eq!(plain(text), Kind::Text(Text::literal(text)), "{text}");
        }
        assert_eq!(plain("443"), Kind::Number(Number::Int(443)));
        assert_eq!(plain("-1"), Kind::Number(Number::Int(-1)));
        assert_eq!(plain("0.25"), Kind::Number(Number::parse("0.25").unwrap()));
        assert_eq!(plain("yes"), Kind::Bool(true));
        assert_eq!(plain("Off"), Kind::Bool(false));
        assert_eq!(plain("~"), Kind::Null);
        assert_eq!(value("443", Style::Quoted, Span::NONE).as_str(), Some("443"));
        assert_eq!(value("", Style::Quoted, Span::NONE).as_str(), Some(""));
    }

    #[test]
    fn resolve_references() {
        let parts = |text: &str| match value(text, Style::Quoted, Span::NONE).kind {
            Kind::Text(text) => text.parts(),
            other => panic!("{other:?}"),
        };
        let found = parts("a{{resolve:ssm:/x:1}}b{{resolve:secretsmanager:y}}");
        assert_eq!(found.len(), 4);
        let Part::Unknown(unknown) = &found[1] else { panic!() };
        assert_eq!(unknown.identity.as_deref(), Some("{{resolve:ssm:/x:1}}"));
        assert_eq!(unknown.message, "`{{resolve:ssm:/x:1}}` is read at the deploy");
        assert_eq!(found[2], Part::Literal("b".into()));
        assert_eq!(parts("a{{resolve:ssm:/x"), [Part::Literal("a{{resolve:ssm:/x".into())]);
    }
}
