//! Which function a name or ARN means.

use std::collections::HashMap;

use super::Graph;
use crate::model::Entity;
use crate::model::lambda::{Alias, Function, Version};
use crate::model::names::{self, Names};
use crate::text::{self, Answer};
use crate::unit::{Mode, Unit};
use crate::value::{Hole, Part, ResourceId, Str, Text, Value};

/// A function, alias or version as something names it. All forms that Lambda takes: name, partial ARN, ARN, each with or
/// without a qualifier.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionRef {
    /// The function's name.
    pub name: Text,
    /// Alias or version; `None` is the function itself.
    pub qualifier: Option<Text>,
    /// The account in the ARN, where it was one.
    pub account: Option<Text>,
}

impl FunctionRef {
    /// Reads a canonical text. `None` for the empty text and for what cannot name a function.
    pub fn parse(text: &Text) -> Option<FunctionRef> {
        let pieces = text::split_literal(text, ':', 9);
        let known = |i: usize| pieces.get(i).and_then(Text::as_known);
        let (name, account) = match pieces.len() {
            _ if text.is_empty() => return None,
            7 | 8 if known(0) == Some("arn") && known(5) == Some("function") => (6, Some(pieces[4].clone())),
            3 | 4 if known(1) == Some("function") => (2, Some(pieces[0].clone())),
            1 | 2 => (0, None),
            _ => return None,
        };
        let qualifier = pieces.get(name + 1).cloned();
        Some(FunctionRef { name: pieces[name].clone(), qualifier, account })
    }

    /// The reference with `qualifier` where it has none of its own.
    pub fn with_qualifier(mut self, qualifier: Option<Text>) -> Self {
        self.qualifier = self.qualifier.or(qualifier);
        self
    }

    /// `$LATEST` is the function itself for resource policies: none can be attached to it.
    pub fn without_latest(mut self) -> Self {
        self.qualifier = self.qualifier.filter(|q| q.as_known() != Some("$LATEST"));
        self
    }

    /// A text that another function, alias or version does not have.
    pub fn identity(&self) -> String {
        match &self.qualifier {
            Some(qualifier) => format!("{}:{qualifier}", self.name),
            None => self.name.to_string(),
        }
    }

    /// Whether two qualifiers are the same.
    pub fn same_qualifier(&self, other: &FunctionRef) -> Answer {
        match (&self.qualifier, &other.qualifier) {
            (None, None) => Answer::Yes,
            (Some(a), Some(b)) => text::same(a, b),
            _ => Answer::No,
        }
    }
}

/// As people call it: a name that is all of a reference without the braces that it would have in a text, and a function of the unit
/// by its address.
impl std::fmt::Display for FunctionRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.name.holes() {
            Some([Part::Attr(attr)]) => {
                let address = attr.shown.strip_suffix(attr.path.as_str()).and_then(|rest| rest.strip_suffix('.'));
                f.write_str(address.unwrap_or(&attr.shown))?;
            }
            Some([Part::Unknown(unknown)]) => f.write_str(&unknown.shown)?,
            _ => write!(f, "{}", self.name)?,
        }
        match &self.qualifier {
            Some(qualifier) => write!(f, ":{qualifier}"),
            None => Ok(()),
        }
    }
}

/// The functions, aliases and versions of a unit by name.
#[derive(Debug, Default)]
pub struct Functions {
    by_name: HashMap<Str, Vec<ResourceId>>,
    aliases: HashMap<(Str, Str), ResourceId>,
}

impl Functions {
    /// Indexes the unit's functions.
    pub fn new(unit: &Unit, names: &Names<'_>) -> Self {
        let mut out = Functions::default();
        for resource in unit.resources.iter().filter(|r| r.mode == Mode::Managed) {
            let kind = resource.kind.as_str();
            if Function::KINDS.contains(&kind) {
                let name = names.attribute(resource.id, if kind.contains("::") { "Ref" } else { "function_name" });
                if let Some(key) = names::key(&name) {
                    out.by_name.entry(key).or_default().push(resource.id);
                }
            } else if Alias::KINDS.contains(&kind) || Version::KINDS.contains(&kind) {
                let arn = names.attribute(resource.id, if kind.contains("::") { "Ref" } else { "arn" });
                if let Some(FunctionRef { name, qualifier: Some(qualifier), .. }) = FunctionRef::parse(&arn)
                    && let (Some(name), Some(qualifier)) = (names::key(&name), names::key(&qualifier))
                {
                    out.aliases.insert((name, qualifier), resource.id);
                }
            }
        }
        out
    }

    /// The function of the unit that a reference means for sure.
    pub fn function(&self, reference: &FunctionRef) -> Option<ResourceId> {
        self.by_name.get(&names::key(&reference.name)?)?.first().copied()
    }

    /// The alias or version resource of the unit that a reference means for sure.
    pub fn alias(&self, reference: &FunctionRef) -> Option<ResourceId> {
        let key = (names::key(&reference.name)?, names::key(reference.qualifier.as_ref()?)?);
        self.aliases.get(&key).copied()
    }
}

impl Graph<'_> {
    /// The function of the unit that a name or ARN means, or why that cannot be told.
    pub fn named_function(&self, named: &Value) -> Result<ResourceId, String> {
        let reference = function_ref(&self.names, named);
        match reference.as_ref().and_then(|r| self.functions.function(r)) {
            Some(id) => Ok(id),
            None => Err(match (named.first_unknown(), reference) {
                (Some(hole @ (Hole::Unknown(_) | Hole::Choice(_))), _) => hole.message(),
                (_, Some(reference)) => format!("the function `{reference}` is not declared here"),
                (_, None) => "the function is not known".to_owned(),
            }),
        }
    }
}

/// Whether a text has an unknown part (not just account, region or an id).
pub fn has_unknown(text: &Text) -> bool {
    text.holes().is_some_and(|parts| parts.iter().any(|p| matches!(p, crate::value::Part::Unknown(_))))
}

/// Reads a value that names a function.
pub fn function_ref(names: &Names<'_>, value: &Value) -> Option<FunctionRef> {
    FunctionRef::parse(&names.text(value)?)
}
