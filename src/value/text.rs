//! Texts: sequences of literal parts and holes.

use std::fmt;
use std::sync::Arc;

use super::{AttrRef, Str, Unknown};

/// A value that every deploy of the unit shares, and that no source text need hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pseudo {
    /// The account that the unit is deployed to: 12 digits.
    AccountId,
    /// The region that the unit is deployed to.
    Region,
    /// `aws`, `aws-cn`, `aws-us-gov`.
    Partition,
    /// `amazonaws.com`, `amazonaws.com.cn`.
    UrlSuffix,
    /// CloudFormation's stack name.
    StackName,
    /// CloudFormation's stack ARN.
    StackId,
}

impl Pseudo {
    /// The placeholder that messages have for it, whatever the language.
    pub fn words(self) -> &'static str {
        match self {
            Pseudo::AccountId => "<account>",
            Pseudo::Region => "<region>",
            Pseudo::Partition => "<partition>",
            Pseudo::UrlSuffix => "<url suffix>",
            Pseudo::StackName => "<stack name>",
            Pseudo::StackId => "<stack id>",
        }
    }

    /// The CloudFormation spelling, in which values are compared and written.
    pub fn name(self) -> &'static str {
        match self {
            Pseudo::AccountId => "AWS::AccountId",
            Pseudo::Region => "AWS::Region",
            Pseudo::Partition => "AWS::Partition",
            Pseudo::UrlSuffix => "AWS::URLSuffix",
            Pseudo::StackName => "AWS::StackName",
            Pseudo::StackId => "AWS::StackId",
        }
    }
}

/// One piece of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Literal text, never empty. `${stageVariables.x}` is literal text here: the API model looks for it.
    Literal(Str),
    /// An attribute that only the cloud computes, used as text.
    Attr(Arc<AttrRef>),
    /// Account, region, ….
    Pseudo(Pseudo),
    /// Unknown text.
    Unknown(Arc<Unknown>),
}

/// A string: a sequence of parts in normal form (no empty and no adjacent literals). The empty string has no parts.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Text {
    parts: Parts,
}

#[derive(Clone, Debug, PartialEq)]
enum Parts {
    Known(Str),
    Mixed(Arc<[Part]>),
}

impl Default for Parts {
    fn default() -> Self {
        Parts::Known(Str::default())
    }
}

impl Text {
    /// A known string.
    pub fn literal(text: impl Into<Str>) -> Self {
        Text { parts: Parts::Known(text.into()) }
    }

    /// A text from parts, brought into normal form.
    pub fn from_parts(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut out: Vec<Part> = Vec::new();
        let mut literal = String::new();
        let flush = |literal: &mut String, out: &mut Vec<Part>| {
            if !literal.is_empty() {
                out.push(Part::Literal(Str::from(std::mem::take(literal))));
            }
        };
        for part in parts {
            match part {
                Part::Literal(text) => literal.push_str(&text),
                other => {
                    flush(&mut literal, &mut out);
                    out.push(other);
                }
            }
        }
        if out.is_empty() {
            return Text::literal(literal);
        }
        flush(&mut literal, &mut out);
        Text { parts: Parts::Mixed(out.into()) }
    }

    /// The texts one after the other.
    pub fn concat<'a>(texts: impl IntoIterator<Item = &'a Text>) -> Self {
        Text::from_parts(texts.into_iter().flat_map(|t| t.parts()))
    }

    /// The whole string, where it is known.
    pub fn as_known(&self) -> Option<&str> {
        match &self.parts {
            Parts::Known(text) => Some(text),
            Parts::Mixed(_) => None,
        }
    }

    /// The parts in order; none for the empty string.
    pub fn parts(&self) -> Vec<Part> {
        match &self.parts {
            Parts::Known(text) if text.is_empty() => Vec::new(),
            Parts::Known(text) => vec![Part::Literal(text.clone())],
            Parts::Mixed(parts) => parts.to_vec(),
        }
    }

    /// The parts without copying, for texts with holes; `None` where the text is known.
    pub fn holes(&self) -> Option<&[Part]> {
        match &self.parts {
            Parts::Known(_) => None,
            Parts::Mixed(parts) => Some(parts),
        }
    }

    /// Whether this is the empty string for sure.
    pub fn is_empty(&self) -> bool {
        matches!(&self.parts, Parts::Known(text) if text.is_empty())
    }

    /// The text as messages show it: `Worker` for all of a reference, `/aws/lambda/<Worker>` for a text with one in it.
    pub fn words(&self) -> String {
        format!("{self:#}")
    }

    /// Each part replaced by a text, the rest kept.
    pub fn map_parts(&self, mut replace: impl FnMut(&Part) -> Option<Text>) -> Text {
        let Parts::Mixed(parts) = &self.parts else { return self.clone() };
        Text::from_parts(parts.iter().flat_map(|part| match replace(part) {
            Some(text) => text.parts(),
            None => vec![part.clone()],
        }))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text::literal(text)
    }
}

impl fmt::Display for Text {
    /// The text as its source would write it, holes as `${…}`: for identities and keys. `{:#}` is the text for people, see
    /// [`Text::words`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, (open, close)) = match &self.parts {
            Parts::Known(text) => return f.write_str(text),
            Parts::Mixed(parts) => (parts, if f.alternate() { hole_marks(parts) } else { ("${", "}") }),
        };
        parts.iter().try_for_each(|part| match part {
            Part::Literal(text) => f.write_str(text),
            Part::Attr(attr) => write!(f, "{open}{}{close}", attr.shown),
            Part::Pseudo(pseudo) if f.alternate() => f.write_str(pseudo.words()),
            Part::Pseudo(pseudo) => write!(f, "{open}{}{close}", pseudo.name()),
            Part::Unknown(unknown) => write!(f, "{open}{}{close}", unknown.shown),
        })
    }
}

/// What stands around a hole in a text for people: nothing, where it is the whole.
fn hole_marks(parts: &[Part]) -> (&'static str, &'static str) {
    if parts.len() == 1 { ("", "") } else { ("<", ">") }
}

#[cfg(test)]
mod tests {
    use super::Pseudo;

    /// The names are CloudFormation's (its page "Pseudo parameters reference"): texts of both languages are compared by them.
    #[test]
    fn pseudo_values_are_spelt_as_cloudformation_and_messages_have_them() {
        use Pseudo::{AccountId, Partition, Region, StackId, StackName, UrlSuffix};
        let all = [
            (AccountId, "AWS::AccountId", "<account>"),
            (Region, "AWS::Region", "<region>"),
            (Partition, "AWS::Partition", "<partition>"),
            (UrlSuffix, "AWS::URLSuffix", "<url suffix>"),
            (StackName, "AWS::StackName", "<stack name>"),
            (StackId, "AWS::StackId", "<stack id>"),
        ];
        for (pseudo, name, words) in all {
            assert_eq!((pseudo.name(), pseudo.words()), (name, words));
        }
    }
}
