//! Which function a name or ARN means.

use std::collections::HashMap;

use super::Graph;
use crate::model::Entity;
use crate::model::lambda::{Alias, Function, Version};
use crate::model::names::{self, Names};
use crate::text::{self, Answer};
use crate::unit::{Mode, Resource, Unit};
use crate::value::{Hole, Part, ResourceId, Str, Text, Value};

/// A function, alias or version as something names it. All forms that Lambda takes: name, partial ARN, ARN, each with or
/// without a qualifier.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionRef {
    /// The function's name.
    pub name: Text,
    /// Alias or version; `None` is the function itself.
    pub qualifier: Option<Text>,
    /// The region in the ARN, or that of what names the function; `None` where neither is known.
    pub region: Option<Text>,
    /// The account in the ARN, or that of what names the function.
    pub account: Option<Text>,
}

impl FunctionRef {
    /// Reads a canonical text. `None` for the empty text and for what cannot name a function.
    pub fn parse(text: &Text) -> Option<FunctionRef> {
        let pieces = text::split_literal(text, ':', 9);
        let known = |i: usize| pieces.get(i).and_then(Text::as_known);
        let (name, region, account) = match pieces.len() {
            _ if text.is_empty() => return None,
            7 | 8 if known(0) == Some("arn") && known(5) == Some("function") => (6, Some(pieces[3].clone()), Some(pieces[4].clone())),
            3 | 4 if known(1) == Some("function") => (2, None, Some(pieces[0].clone())),
            1 | 2 => (0, None, None),
            _ => return None,
        };
        let qualifier = pieces.get(name + 1).cloned();
        Some(FunctionRef { name: pieces[name].clone(), qualifier, region, account })
    }

    /// The reference as a resource means it: a name is that of a function beside it.
    pub fn named_by(mut self, names: &Names<'_>, resource: &Resource) -> Self {
        self.region = self.region.or_else(|| Some(names.region(resource)));
        self.account = self.account.or_else(|| Some(names.account_of(resource)));
        self
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

    /// The function's ARN, as far as it is known.
    pub fn arn(&self, names: &Names<'_>) -> Text {
        let part = |text: &Option<Text>| text.clone().unwrap_or_else(|| Text::literal("*"));
        let colon = Text::literal(":");
        let (region, account) = (part(&self.region), part(&self.account));
        let head = [Text::literal("arn:"), names.partition().clone(), Text::literal(":lambda:"), region, colon.clone(), account];
        Text::concat(head.iter().chain([&Text::literal(":function:"), &self.name]))
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
            _ => write!(f, "{:#}", self.name)?,
        }
        match &self.qualifier {
            Some(qualifier) => write!(f, ":{qualifier:#}"),
            None => Ok(()),
        }
    }
}

/// The functions, aliases and versions of a unit by name. Functions of one name in two regions or accounts are two.
#[derive(Debug, Default)]
pub struct Functions {
    by_name: HashMap<Str, Vec<Located>>,
    aliases: HashMap<(Str, Str), Vec<Located>>,
}

/// A function, alias or version, and where it is.
#[derive(Debug)]
struct Located {
    id: ResourceId,
    region: Text,
    account: Text,
}

impl Located {
    /// Whether a reference of the right name means this one.
    fn is_meant(&self, reference: &FunctionRef) -> Answer {
        let same = |named: &Option<Text>, own: &Text| named.as_ref().map_or(Answer::Maybe, |named| text::same(named, own));
        same(&reference.region, &self.region).and(same(&reference.account, &self.account))
    }

    fn is_beside(&self, other: &Located) -> bool {
        self.region == other.region && self.account == other.account
    }
}

/// The one of these that a reference means. What the deploy decides is taken to fit where there is only one place.
fn pick(located: &[Located], reference: &FunctionRef) -> Option<ResourceId> {
    let possible: Vec<&Located> = located.iter().filter(|l| l.is_meant(reference) != Answer::No).collect();
    let certain = possible.iter().find(|l| l.is_meant(reference) == Answer::Yes);
    let first = possible.first()?;
    match certain {
        Some(one) => Some(one.id),
        None => possible.iter().all(|l| l.is_beside(first)).then_some(first.id),
    }
}

impl Functions {
    /// Indexes the unit's functions.
    pub fn new(unit: &Unit, names: &Names<'_>) -> Self {
        let mut out = Functions::default();
        for resource in unit.resources.iter().filter(|r| r.mode == Mode::Managed) {
            let located = || Located { id: resource.id, region: names.region(resource), account: names.account_of(resource) };
            let kind = resource.kind.as_str();
            if Function::KINDS.contains(&kind) {
                let name = names.attribute(resource.id, if kind.contains("::") { "Ref" } else { "function_name" });
                if let Some(key) = names::key(&name) {
                    out.by_name.entry(key).or_default().push(located());
                }
            } else if Alias::KINDS.contains(&kind) || Version::KINDS.contains(&kind) {
                let arn = names.attribute(resource.id, if kind.contains("::") { "Ref" } else { "arn" });
                if let Some(FunctionRef { name, qualifier: Some(qualifier), .. }) = FunctionRef::parse(&arn)
                    && let (Some(name), Some(qualifier)) = (names::key(&name), names::key(&qualifier))
                {
                    out.aliases.entry((name, qualifier)).or_default().push(located());
                }
            }
        }
        out
    }

    /// The function of the unit that a reference means for sure.
    pub fn function(&self, reference: &FunctionRef) -> Option<ResourceId> {
        pick(self.by_name.get(&names::key(&reference.name)?)?, reference)
    }

    /// Whether two references of one name mean functions in the same region and account. What the deploy decides is taken to fit,
    /// unless the unit has functions of that name in several places.
    pub fn same_place(&self, a: &FunctionRef, b: &FunctionRef) -> Answer {
        let same = |a: &Option<Text>, b: &Option<Text>| match (a, b) {
            (Some(a), Some(b)) => text::same(a, b),
            _ => Answer::Maybe,
        };
        match same(&a.region, &b.region).and(same(&a.account, &b.account)) {
            Answer::Maybe if !self.is_in_several_places(&a.name) && !self.is_in_several_places(&b.name) => Answer::Yes,
            answer => answer,
        }
    }

    fn is_in_several_places(&self, name: &Text) -> bool {
        let located = names::key(name).and_then(|key| self.by_name.get(&key)).map_or(&[][..], Vec::as_slice);
        located.first().is_some_and(|first| located.iter().any(|l| !l.is_beside(first)))
    }

    /// The alias or version resource of the unit that a reference means for sure.
    pub fn alias(&self, reference: &FunctionRef) -> Option<ResourceId> {
        let key = (names::key(&reference.name)?, names::key(reference.qualifier.as_ref()?)?);
        pick(self.aliases.get(&key)?, reference)
    }
}

impl Graph<'_> {
    /// The function of the unit that a name or ARN means, or why that cannot be told.
    pub fn named_function(&self, named: &Value, by: ResourceId) -> Result<ResourceId, String> {
        let reference = function_ref(&self.names, named, self.resource(by));
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

/// Reads a value of a resource that names a function.
pub fn function_ref(names: &Names<'_>, value: &Value, resource: &Resource) -> Option<FunctionRef> {
    Some(FunctionRef::parse(&names.text(value)?)?.named_by(names, resource))
}
