//! The text of `Fn::Sub`: literal text and `${…}`.

/// A piece of the text.
#[derive(Debug, PartialEq)]
pub(super) enum Segment<'t> {
    /// As it stands; `${!x}` has become `${x}`.
    Literal(String),
    /// `${Name}` or `${Name.Attribute}`, without the white space that tools allow inside the braces.
    Name(&'t str),
}

/// Splits the text. A `$` without a brace, and a brace that nothing closes, are literal text.
pub(super) fn segments(text: &str) -> Vec<Segment<'_>> {
    let mut out = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, opened) = rest.split_at(at);
        literal.push_str(before);
        let Some(end) = opened.find('}') else {
            literal.push_str(opened);
            rest = "";
            break;
        };
        let inner = &opened[2..end];
        rest = &opened[end + 1..];
        match inner.strip_prefix('!') {
            Some(escaped) => literal.push_str(&format!("${{{escaped}}}")),
            None => {
                if !literal.is_empty() {
                    out.push(Segment::Literal(std::mem::take(&mut literal)));
                }
                out.push(Segment::Name(inner.trim()));
            }
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        out.push(Segment::Literal(literal));
    }
    out
}

/// Whether CloudFormation takes a text for a name: "variable names in Fn::Sub syntax must contain only alphanumeric characters,
/// underscores, periods, and colons".
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces() {
        let literal = |t: &str| Segment::Literal(t.to_owned());
        assert_eq!(segments("a${B}c${ D.E }"), [literal("a"), Segment::Name("B"), literal("c"), Segment::Name("D.E")]);
        assert_eq!(segments("x${!stageVariables.env}y"), [literal("x${stageVariables.env}y")]);
        assert_eq!(segments("$${A}"), [literal("$"), Segment::Name("A")]);
        assert_eq!(segments("a${b"), [literal("a${b")]);
        assert_eq!(segments("$a }"), [literal("$a }")]);
        assert_eq!(segments("${}"), [Segment::Name("")]);
        assert_eq!(segments(""), []);
        assert!(is_name("AWS::Region") && is_name("A.B_1") && !is_name("") && !is_name("a-b") && !is_name("ä"));
    }
}
