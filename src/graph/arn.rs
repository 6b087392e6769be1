//! ARNs as six parts, compared part by part as IAM's `ArnLike` does.

use crate::iam::matching;
use crate::text::{self, Answer};
use crate::value::Text;

/// An ARN cut at its first five colons. Any part may have holes.
#[derive(Clone, Debug, PartialEq)]
pub struct Arn {
    parts: Vec<Text>,
}

impl Arn {
    /// Reads an ARN. `None` where the text does not begin as one, or an unknown stands before the fifth colon.
    pub fn parse(text: &Text) -> Option<Arn> {
        let parts = text::split(text, ':', 6)?;
        (parts.len() == 6 && parts[0].as_known() == Some("arn")).then_some(Arn { parts })
    }

    /// `lambda`, `execute-api`, ….
    pub fn service(&self) -> &Text {
        &self.parts[2]
    }

    /// The region.
    pub fn region(&self) -> &Text {
        &self.parts[3]
    }

    /// The account.
    pub fn account(&self) -> &Text {
        &self.parts[4]
    }

    /// All after the fifth colon.
    pub fn resource(&self) -> &Text {
        &self.parts[5]
    }

    /// Whether this one, as a pattern with `*` and `?`, matches another, as `ArnLike` compares them in a policy.
    pub fn matches(&self, subject: &Arn) -> Answer {
        matching::same_parts(&self.parts, &subject.parts, text::glob)
    }

    /// The region, account or partition that keeps this pattern from matching another ARN: what it is, here and there.
    pub fn elsewhere<'a>(&'a self, subject: &'a Arn) -> Option<(&'static str, &'a Text, &'a Text)> {
        let parts = [("partition", 1), ("region", 3), ("account", 4)].map(|(what, i)| (what, i, &self.parts[i], &subject.parts[i]));
        let found = parts.into_iter().find(|(_, i, pattern, subject)| matching::part(*i, pattern, subject) == Answer::No);
        found.map(|(what, _, pattern, subject)| (what, pattern, subject))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;
    use crate::value::{Part, Pseudo, Reason, Unknown};

    fn presented(region: Part) -> Text {
        let [head, tail] = ["arn:aws:execute-api:", ":111122223333:abc123/prod/GET/orders"].map(|text| Part::Literal(text.into()));
        Text::from_parts([head, region, tail])
    }

    fn answer(pattern: &str, presented: &Text) -> Answer {
        let (Some(p), Some(s)) = (Arn::parse(&Text::literal(pattern)), Arn::parse(presented)) else { panic!("{pattern}") };
        p.matches(&s)
    }

    #[test]
    fn source_arns_match_part_by_part() {
        for subject in [Part::Literal("eu-west-1".into()), Part::Pseudo(Pseudo::Region)].map(presented) {
            for yes in ["eu-west-1:111122223333:abc123/*", "*:*:abc123/*/GET/*", "eu-*:111122223333:*/orders"] {
                assert_eq!(answer(&format!("arn:aws:execute-api:{yes}"), &subject), Answer::Yes, "{yes}");
            }
            // A `*` stays within its part here, and nothing is completed.
            for no in [":111122223333:abc123/*", "eu-west-1:111122223333:abc123", "lambda:*:abc123/*", "*:*:abc123/*/POST/*"] {
                assert_eq!(answer(&format!("arn:aws:execute-api:{no}"), &subject), Answer::No, "{no}");
            }
            assert!(Arn::parse(&Text::literal("arn:aws:execute-api:*:abc123/*")).is_none());
        }
        assert_eq!(answer("arn:aws:execute-api:us-east-1:*:*", &presented(Part::Literal("eu-west-1".into()))), Answer::No);
    }

    /// What a variable holds may have colons of its own.
    #[test]
    fn a_variable_before_the_resource_is_no_arn() {
        let region = Unknown::new(Reason::NoValue, "var.region", "variable `region` has no default", Span::NONE);
        assert!(Arn::parse(&presented(Part::Unknown(region))).is_none());
    }
}
