//! The shape of attributes that only the cloud computes, for resolvers that come upon an expression which takes one apart:
//! `split("/", aws_iam_role.r.arn)[1]`, `!Select [5, !Split [":", !GetAtt Topic.TopicArn]]`. What is known of ARNs stands in
//! [`super::names`] alone; a resolver asks here, and reads [`crate::text::samples`] for what a function makes of such a text.

use super::names;
use crate::text::samples::{Hole, Sort};
use crate::value::{Part, Pseudo, Text};

/// What the shape of an attribute asks of its resource.
#[derive(Clone, Copy, Debug)]
pub enum Ask<'a> {
    /// The region of the resource, as text.
    Region,
    /// What is configured for a property, in the source's own vocabulary. Empty text: nothing is.
    Configured(&'a str),
    /// Another attribute of the resource, as a reference: its name or id.
    Reference(&'a str),
}

/// Names that may hold a slash. (Amazon CloudWatch Logs, AWS Secrets Manager and Systems Manager API references.)
const WITH_SLASHES: [&str; 2] = ["::Logs::", "::SecretsManager::"];

/// The parts of the attribute `path` of a resource type, each with what may stand in its hole. `managed`: the unit creates the
/// resource, so what is not configured has its default. `None` where the shape is not known.
pub fn unfold(kind: &str, managed: bool, path: &str, answer: &mut dyn FnMut(Ask<'_>) -> Option<Text>) -> Option<Vec<Hole>> {
    let mut out = Vec::new();
    Shape { kind, managed, answer, out: &mut out }.attribute(path, 0)?;
    Some(out)
}

/// The property that an attribute gives back, where that is the resource's name.
pub fn name_attribute(kind: &str, path: &str) -> Option<&'static str> {
    names::name_property(kind).filter(|_| names::template(kind, path) == Some("{name}"))
}

struct Shape<'a> {
    kind: &'a str,
    managed: bool,
    answer: &'a mut dyn FnMut(Ask<'_>) -> Option<Text>,
    out: &'a mut Vec<Hole>,
}

impl Shape<'_> {
    fn attribute(&mut self, path: &str, depth: usize) -> Option<()> {
        let template = names::template(self.kind, path).filter(|t| *t != "{name}" && *t != "{id}" && depth < 4)?;
        let mut rest = template;
        while let Some((literal, tail)) = rest.split_once('{') {
            self.literal(literal);
            let (placeholder, tail) = tail.split_once('}')?;
            self.placeholder(placeholder, depth)?;
            rest = tail;
        }
        self.literal(rest);
        Some(())
    }

    fn literal(&mut self, text: &str) {
        self.out.push((Part::Literal(text.into()), Sort::Literal));
    }

    fn placeholder(&mut self, placeholder: &'static str, depth: usize) -> Option<()> {
        match placeholder {
            "P" => self.out.push((Part::Pseudo(Pseudo::Partition), Sort::Region)),
            "A" => self.out.push((Part::Pseudo(Pseudo::AccountId), Sort::Account)),
            "R" => {
                let region = (self.answer)(Ask::Region)?;
                self.add(&region, Sort::Region);
            }
            "U" => self.out.push((Part::Pseudo(Pseudo::UrlSuffix), Sort::Dns)),
            "suffix" => {
                let reference = (self.answer)(Ask::Reference(names::attribute_of(self.kind, "{suffix}")?))?;
                self.add(&reference, Sort::Path);
            }
            "scheme" => {
                let (cloudformation, terraform) = names::PROTOCOL_TYPE;
                let protocol = (self.answer)(Ask::Configured(if self.kind.contains("::") { cloudformation } else { terraform }))?;
                self.literal(names::scheme_of(protocol.as_known()).filter(|_| !protocol.is_empty() || self.managed)?);
            }
            "name" | "id" => {
                let sort = if names::holds_any(self.kind, &WITH_SLASHES) { Sort::Path } else { Sort::Name };
                // What is known, so that it may be looked into; else a reference, which equals the name wherever it stands.
                let configured =
                    names::name_property(self.kind).filter(|_| placeholder == "name").and_then(|p| (self.answer)(Ask::Configured(p)));
                match configured.filter(|text| text.as_known().is_some_and(|known| !known.is_empty())) {
                    Some(known) => self.add(&known, Sort::Literal),
                    None => {
                        let own = names::attribute_of(self.kind, if placeholder == "id" { "{id}" } else { "{name}" });
                        let own = own.or_else(|| self.made_up(placeholder))?;
                        let reference = (self.answer)(Ask::Reference(own))?;
                        self.add(&reference, sort);
                    }
                }
            }
            "version" | "qualifier" if self.managed => {
                let reference = (self.answer)(Ask::Reference("version"))?;
                self.add(&reference, Sort::Name);
            }
            "iampath" => {
                let path = (self.answer)(Ask::Configured(if self.kind.contains("::") { "Path" } else { "path" }))?;
                let known = path.as_known().filter(|known| !known.is_empty() || self.managed)?;
                self.literal(if known.is_empty() { "/" } else { known });
            }
            _ => match placeholder.strip_prefix('@') {
                Some(attribute) => self.attribute(names::own_spelling(self.kind, attribute)?, depth + 1)?,
                None => self.property(placeholder.strip_prefix('.')?)?,
            },
        }
        Some(())
    }

    /// CloudFormation has no attribute for some names and ids that AWS makes up: their mark in the table stands for them. A name
    /// that is configured, but not known, is none of these.
    fn made_up(&mut self, placeholder: &'static str) -> Option<&'static str> {
        let is_written = match names::name_property(self.kind).filter(|_| placeholder == "name") {
            Some(property) => !(self.answer)(Ask::Configured(property))?.is_empty(),
            None => false,
        };
        (self.kind.contains("::") && !is_written).then_some(placeholder)
    }

    /// A configured property that holds the id of another resource.
    fn property(&mut self, spellings: &str) -> Option<()> {
        let (cloudformation, terraform) = spellings.split_once('|')?;
        let text = (self.answer)(Ask::Configured(if self.kind.contains("::") { cloudformation } else { terraform }))?;
        let firm = |part: &Part| matches!(part, Part::Literal(_) | Part::Attr(_));
        (!text.is_empty() && text.parts().iter().all(firm)).then(|| self.add(&text, Sort::Name))
    }

    fn add(&mut self, text: &Text, sort: Sort) {
        self.out.extend(text.parts().into_iter().map(|part| match part {
            Part::Literal(_) => (part, Sort::Literal),
            hole => (hole, sort),
        }));
    }
}
