//! ARNs as six parts, compared part by part as IAM's `ArnLike` does.

use crate::text::{self, Answer};
use crate::value::{Part, Text};

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

    /// `aws`, `aws-cn`, ….
    pub fn partition(&self) -> &Text {
        &self.parts[1]
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

    /// Whether this one, as a pattern with `*` and `?`, matches another. A literal partition, region or account is taken to be
    /// the unit's own where the other side leaves it to the deploy.
    pub fn matches(&self, subject: &Arn) -> Answer {
        let parts = self.parts.iter().zip(&subject.parts).enumerate();
        parts
            .map(|(i, (p, s))| if matches!(i, 1 | 3 | 4) { Self::part_matches(p, s) } else { text::glob(p, s) })
            .fold(Answer::Yes, Answer::and)
    }

    /// The same for one of these three parts.
    pub fn part_matches(pattern: &Text, subject: &Text) -> Answer {
        let left_open = |t: &Text| matches!(t.holes(), Some([Part::Pseudo(_)]));
        match (left_open(pattern), left_open(subject)) {
            (true, false) | (false, true) if !pattern.is_empty() && !subject.is_empty() => Answer::Yes,
            _ => text::glob(pattern, subject),
        }
    }
}
