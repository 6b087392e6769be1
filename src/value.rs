//! What is known of a value, and what is not.
//!
//! One type serves all three languages. A value is fully known, a text with holes, one of several alternatives, a
//! reference to an attribute that only the cloud computes, or unknown with its reason. "Not written" is [`Kind::Null`]
//! (or an absent key): that is not the same as unknown.
//!
//! Cloning a value is cheap: everything large sits behind an [`Arc`].

mod guard;
mod text;

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
pub use smol_str::{SmolStr as Str, format_smolstr};

pub use self::guard::Guard;
pub use self::text::{Part, Pseudo, Text};
pub use crate::number::Number;
use crate::source::Span;

/// A value and the source text that it was read from.
#[derive(Clone, Debug)]
pub struct Value {
    /// What is known.
    pub kind: Kind,
    /// Where it was written.
    pub span: Span,
    /// The structure that a text was encoded from: each part of it knows its own place, which the text has lost.
    pub made_of: Option<Arc<Value>>,
    /// Whether reports hide it.
    pub hidden: Hidden,
}

/// Whether, and why, reports show `(sensitive value)` in place of a value. Evaluation goes on with the value itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hidden {
    /// It is shown.
    #[default]
    No,
    /// It is, or is made of, the text of a file that a function reads.
    File,
    /// It is, or is made of, what the source calls sensitive.
    Secret,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.span == other.span
    }
}

/// The states of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Not written, `null`, or `AWS::NoValue`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string, possibly with holes.
    Text(Text),
    /// A list, tuple or set.
    List(Arc<List>),
    /// A map or object.
    Map(Arc<Map>),
    /// One of several values, each under its guard; which one cannot be decided.
    Choice(Arc<[(Guard, Value)]>),
    /// An attribute of a resource of this unit that is known only after the deploy; its type is not known here. An empty
    /// path is the whole resource.
    Attr(Arc<AttrRef>),
    /// Unknown, with the reason.
    Unknown(Arc<Unknown>),
}

/// The kind of a sequence. Only Terraform tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListShape {
    /// All elements of one type.
    List,
    /// Each element of its own type.
    Tuple,
    /// Unordered, without duplicates. Items are kept in Terraform's order.
    Set,
}

/// A sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// List, tuple or set.
    pub shape: ListShape,
    /// The items that are known to be there.
    pub items: Vec<Value>,
    /// Why there may be more items than these (`concat(["a"], var.more)`); none where the list is complete.
    pub open: Option<Arc<Unknown>>,
}

/// The kind of a map. Only Terraform tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapShape {
    /// All values of one type.
    Map,
    /// Each attribute of its own type.
    Object,
}

/// A map.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// Map or object.
    pub shape: MapShape,
    /// The entries that are known to be there, in source order (Terraform sorts when it has to).
    pub entries: IndexMap<Str, Value>,
    /// Where each key was written, for maps that come straight from source text.
    pub key_spans: IndexMap<Str, Span>,
    /// Why there may be more entries than these; none where the map is complete.
    pub open: Option<Arc<Unknown>>,
}

/// Index of a resource in its unit's `resources`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ResourceId(pub u32);

/// An attribute of a resource that only the cloud computes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AttrRef {
    /// The resource.
    pub resource: ResourceId,
    /// The attribute in the source's own vocabulary: `arn`, `Arn`, `Endpoint.Address`, `identity[0].issuer`; `Ref` is the
    /// value of CloudFormation's `Ref`; empty is the whole resource.
    pub path: Str,
    /// How the source wrote it, for messages: `aws_lambda_function.f.arn`, `Fn.Arn`.
    pub shown: Str,
}

impl AttrRef {
    /// Whether it is an attribute of a data source, by its address: `data.aws_x.y.id`, also below modules (`module.a.data.aws_x.y.id`).
    /// A module or a resource may be named `data`.
    pub fn is_of_data_source(&self) -> bool {
        let mut rest = self.shown.as_str();
        while let Some(call) = rest.strip_prefix("module.") {
            let name = call.find(['.', '[']).unwrap_or(call.len());
            let key = call.get(name..).unwrap_or_default();
            // A key may hold anything; its quotes are escaped.
            let after = match key.strip_prefix("[\"") {
                Some(quoted) => end_of_quoted(quoted),
                None => key.strip_prefix('[').and_then(|index| Some(index.split_once(']')?.1)),
            };
            rest = after.unwrap_or(key).strip_prefix('.').unwrap_or_default();
        }
        rest.starts_with("data.")
    }
}

/// What follows the end of a quoted instance key: after `"]`.
fn end_of_quoted(text: &str) -> Option<&str> {
    let mut escaped = false;
    let end = text.char_indices().find(|(_, c)| match c {
        '\\' if !escaped => {
            escaped = true;
            false
        }
        '"' if !escaped => true,
        _ => {
            escaped = false;
            false
        }
    });
    text.get(end?.0..)?.strip_prefix("\"]")
}

/// Why something is unknown: the group for statistics and the words for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// A variable or parameter without a value.
    NoValue,
    /// Known only after the deploy, of a resource or data source that is no attribute reference (random_pet, …).
    Computed,
    /// A data source that asks the cloud.
    DataSource,
    /// A function with another result each time (`timestamp`, `uuid`).
    Impure,
    /// A file that is not there, or lies outside of what may be read.
    File,
    /// A module whose source is not there.
    OpaqueModule,
    /// An import, remote state, stack output, SSM parameter or dynamic reference.
    External,
    /// A macro, module type or transform that cannot be run here.
    Macro,
    /// A condition that cannot be decided.
    Condition,
    /// Depends on itself.
    Cycle,
    /// The expression is wrong; the words say how.
    Error,
    /// Too many alternatives or too large to follow.
    Limit,
}

/// An unknown value: why, where, and whether two unknowns are the same one.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// The group of the reason.
    pub reason: Reason,
    /// For people, without a full stop: "variable `role_arn` has no default".
    pub message: Str,
    /// Source-like text of the value: `var.role_arn`.
    pub shown: Str,
    /// Two unknowns of one unit with the same identity have the same value in every deploy: `module.a.var.env`,
    /// `upper(var.env)`. None where nothing is known of that.
    pub identity: Option<Str>,
    /// Whether it is not null, whatever it is: the result of `split`, a variable with `nullable = false`.
    pub present: bool,
    /// Texts that it is not, whatever it is: a workspace that is none of those that the code speaks of.
    pub not: Option<Arc<[Str]>>,
    /// The place that would have to be known.
    pub span: Span,
}

impl Unknown {
    /// An unknown without an identity.
    pub fn new(reason: Reason, shown: impl Into<Str>, message: impl Into<Str>, span: Span) -> Arc<Self> {
        Arc::new(Unknown { reason, message: message.into(), shown: shown.into(), identity: None, present: false, not: None, span })
    }

    /// An unknown that equals every other with the same identity.
    pub fn identified(reason: Reason, identity: impl Into<Str>, shown: impl Into<Str>, message: impl Into<Str>, span: Span) -> Arc<Self> {
        Arc::new(Unknown {
            reason,
            message: message.into(),
            shown: shown.into(),
            identity: Some(identity.into()),
            present: false,
            not: None,
            span,
        })
    }

    /// Whether it is what somebody gives to the unit: that was there before, and is nothing that the unit makes.
    pub fn is_given(&self) -> bool {
        let is_parameter = !self.shown.contains(['.', '(', '[', '?', ' ']);
        self.reason == Reason::NoValue && (self.shown.starts_with("var.") || is_parameter)
    }

    /// Whether it may be a text.
    pub fn may_be(&self, text: &str) -> bool {
        self.not.as_ref().is_none_or(|not| not.iter().all(|other| other != text))
    }

    /// The same, known not to be null.
    pub fn never_null(self: Arc<Self>) -> Arc<Self> {
        Arc::new(Unknown { present: true, ..Arc::unwrap_or_clone(self) })
    }
}

/// How many alternatives of one value are followed; beyond, the value is unknown.
pub const MAX_ALTERNATIVES: usize = 16;

impl Value {
    /// A value at a place.
    pub fn new(kind: Kind, span: Span) -> Self {
        Value { kind, span, made_of: None, hidden: Hidden::No }
    }

    /// Absent.
    pub fn null(span: Span) -> Self {
        Value::new(Kind::Null, span)
    }

    /// A known string.
    pub fn string(text: impl Into<Str>, span: Span) -> Self {
        Value::new(Kind::Text(Text::literal(text)), span)
    }

    /// A complete list.
    pub fn list(shape: ListShape, items: Vec<Value>, span: Span) -> Self {
        Value::new(Kind::List(Arc::new(List { shape, items, open: None })), span)
    }

    /// A complete map.
    pub fn map(shape: MapShape, entries: IndexMap<Str, Value>, span: Span) -> Self {
        Value::new(Kind::Map(Arc::new(Map { shape, entries, key_spans: IndexMap::new(), open: None })), span)
    }

    /// An unknown value.
    pub fn unknown(unknown: Arc<Unknown>, span: Span) -> Self {
        Value::new(Kind::Unknown(unknown), span)
    }

    /// The same text, known to be encoded from a structure.
    pub fn made_of(mut self, structure: &Value) -> Self {
        self.made_of = Some(Arc::new(structure.clone()));
        self
    }

    /// The same value, said to be written elsewhere.
    pub fn at(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    /// Whether it is absent for sure.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// The value as messages show it: a reference by its name, `<name>` where it is a part of a text.
    pub fn words(&self) -> String {
        format!("{self:#}")
    }

    /// The known string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => text.as_known(),
            _ => None,
        }
    }

    /// The value as text where it is a scalar or reference: numbers and booleans in their JSON spelling.
    /// `None` for null, lists, maps and choices.
    pub fn to_text(&self) -> Option<Text> {
        Some(match &self.kind {
            Kind::Text(text) => text.clone(),
            Kind::Bool(b) => Text::literal(if *b { "true" } else { "false" }),
            Kind::Number(n) => Text::literal(n.to_string()),
            Kind::Attr(attr) => Text::from_parts([Part::Attr(attr.clone())]),
            Kind::Unknown(unknown) => Text::from_parts([Part::Unknown(unknown.clone())]),
            Kind::Null | Kind::List(_) | Kind::Map(_) | Kind::Choice(_) => return None,
        })
    }

    /// The list, where it is one.
    pub fn as_list(&self) -> Option<&List> {
        match &self.kind {
            Kind::List(list) => Some(list),
            _ => None,
        }
    }

    /// The map, where it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The boolean; also of the strings that CloudFormation and Terraform take for one.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(b) => Some(*b),
            Kind::Text(text) => match text.as_known()? {
                "true" | "True" | "TRUE" => Some(true),
                "false" | "False" | "FALSE" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// The whole number; also of a string of digits.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.kind {
            Kind::Number(n) => n.as_i64(),
            Kind::Text(text) => text.as_known()?.trim().parse().ok(),
            _ => None,
        }
    }

    /// An entry of the map; `None` where it is no map or has no such key (see [`Map::open`]).
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.entries.get(key)
    }

    /// Every alternative of a choice, nested ones included, each with its guard; the value itself otherwise. Alternatives
    /// whose guards contradict are left out.
    pub fn alternatives(&self) -> Vec<(Guard, Value)> {
        fn walk(value: &Value, guard: &Guard, out: &mut Vec<(Guard, Value)>) {
            match &value.kind {
                Kind::Choice(branches) => {
                    for (g, v) in branches.iter() {
                        if let Some(both) = guard.and(g) {
                            walk(v, &both, out);
                        }
                    }
                }
                _ => out.push((guard.clone(), value.clone())),
            }
        }
        let mut out = Vec::new();
        walk(self, &Guard::always(), &mut out);
        out
    }

    /// A choice of these; the value itself where all branches are equal; unknown where there are too many.
    pub fn choice(branches: Vec<(Guard, Value)>, span: Span) -> Value {
        match branches.as_slice() {
            [] => return Value::null(span),
            [(_, first), rest @ ..] if rest.iter().all(|(_, v)| v.kind == first.kind) => return first.clone(),
            _ => {}
        }
        if branches.len() > MAX_ALTERNATIVES {
            let unknown =
                Unknown::new(Reason::Limit, "(many alternatives)", format_smolstr!("more than {MAX_ALTERNATIVES} alternatives"), span);
            return Value::unknown(unknown, span);
        }
        Value::new(Kind::Choice(branches.into()), span)
    }

    /// Every resource that the value refers to, in order of first mention.
    pub fn references(&self) -> Vec<ResourceId> {
        fn collect(value: &Value, out: &mut indexmap::IndexSet<ResourceId>) {
            match &value.kind {
                Kind::Attr(attr) => drop(out.insert(attr.resource)),
                Kind::Text(text) => out.extend(text.holes().unwrap_or_default().iter().filter_map(|part| match part {
                    Part::Attr(attr) => Some(attr.resource),
                    _ => None,
                })),
                Kind::List(list) => list.items.iter().for_each(|item| collect(item, out)),
                Kind::Map(map) => map.entries.values().for_each(|item| collect(item, out)),
                Kind::Choice(branches) => branches.iter().for_each(|(_, item)| collect(item, out)),
                Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Unknown(_) => {}
            }
        }
        let mut out = indexmap::IndexSet::new();
        collect(self, &mut out);
        out.into_iter().collect()
    }

    /// The first thing in the value that is not known, if any: `None` means fully known.
    pub fn first_unknown(&self) -> Option<Hole<'_>> {
        match &self.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => None,
            Kind::Text(text) => text.telling_hole(),
            Kind::List(list) => list.items.iter().find_map(Value::first_unknown).or(list.open.as_ref().map(Hole::Unknown)),
            Kind::Map(map) => map.entries.values().find_map(Value::first_unknown).or(map.open.as_ref().map(Hole::Unknown)),
            Kind::Choice(branches) => Some(Hole::Choice(branches)),
            Kind::Attr(attr) => Some(Hole::Attr(attr)),
            Kind::Unknown(unknown) => Some(Hole::Unknown(unknown)),
        }
    }
}

impl Text {
    /// Whether something in it is not known that may turn out to be of the unit itself: a condition, an element of a map.
    pub fn may_be_own(&self) -> bool {
        self.holes().is_some_and(|parts| parts.iter().any(|part| matches!(part, Part::Unknown(unknown) if !unknown.is_given())))
    }

    /// The hole that says most: in an ARN with region and account, the parameter without a default that stands beside them; beside
    /// that parameter, the module that is not there.
    pub fn telling_hole(&self) -> Option<Hole<'_>> {
        let holes = self.holes()?.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            // What nobody can give decides what giving the rest is good for.
            Part::Unknown(unknown) => Some((u8::from(unknown.reason == Reason::NoValue), Hole::Unknown(unknown))),
            Part::Attr(attr) => Some((2, Hole::Attr(attr))),
            Part::Pseudo(pseudo) => Some((3, Hole::Pseudo(*pseudo))),
        });
        holes.min_by_key(|(rank, _)| *rank).map(|(_, hole)| hole)
    }
}

/// What keeps a value from being fully known.
#[derive(Clone, Copy, Debug)]
pub enum Hole<'a> {
    /// An attribute that the cloud computes.
    Attr(&'a Arc<AttrRef>),
    /// Account, region, ….
    Pseudo(Pseudo),
    /// An unknown.
    Unknown(&'a Arc<Unknown>),
    /// Several alternatives.
    Choice(&'a [(Guard, Value)]),
}

impl Hole<'_> {
    /// The reason in words.
    pub fn message(self) -> String {
        match self {
            Hole::Attr(attr) => format!("`{}` is known after the deploy", attr.shown),
            Hole::Pseudo(pseudo) => format!("{} is known at the deploy (give it with --region or --account-id)", pseudo.name()),
            Hole::Unknown(unknown) => unknown.message.to_string(),
            Hole::Choice(branches) => {
                let terms: Vec<String> = branches.iter().filter(|(g, _)| !g.is_always()).map(|(g, _)| g.to_string()).collect();
                format!("depends on a condition that cannot be decided ({})", terms.join("; "))
            }
        }
    }
}

impl fmt::Display for Value {
    /// Source-like text on one line, for identities, keys and the graph's `unresolved`; `{:#}` is the one for people, see
    /// [`Value::words`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Null => f.write_str("null"),
            Kind::Bool(b) => write!(f, "{b}"),
            Kind::Number(n) => write!(f, "{n}"),
            Kind::Text(text) => fmt::Display::fmt(text, f),
            Kind::List(list) => {
                f.write_str("[")?;
                for (i, item) in list.items.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { ", " })?;
                    fmt::Display::fmt(item, f)?;
                }
                f.write_str(if list.open.is_some() { ", …]" } else { "]" })
            }
            Kind::Map(map) => {
                f.write_str("{")?;
                for (i, (key, item)) in map.entries.iter().enumerate() {
                    write!(f, "{}{key} = ", if i == 0 { "" } else { ", " })?;
                    fmt::Display::fmt(item, f)?;
                }
                f.write_str(if map.open.is_some() { ", …}" } else { "}" })
            }
            Kind::Choice(branches) => {
                for (i, (guard, item)) in branches.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { " or " })?;
                    fmt::Display::fmt(item, f)?;
                    write!(f, " when {guard}")?;
                }
                Ok(())
            }
            Kind::Attr(attr) if f.alternate() => f.write_str(&attr.shown),
            Kind::Unknown(unknown) if f.alternate() => f.write_str(&unknown.shown),
            Kind::Attr(attr) => write!(f, "${{{}}}", attr.shown),
            Kind::Unknown(unknown) => write!(f, "${{{}}}", unknown.shown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_sources_are_told_by_their_address() {
        let of_data = |shown: &str| AttrRef { resource: ResourceId(0), path: "id".into(), shown: shown.into() }.is_of_data_source();
        for shown in [
            "data.aws_vpc.main.id",
            "module.a.data.aws_vpc.main.id",
            "module.data[0].data.aws_vpc.x.id",
            r#"module.a["]\".x"].data.aws_vpc.x.id"#,
        ] {
            assert!(of_data(shown), "{shown}");
        }
        for shown in
            ["aws_vpc.data.id", "module.data.aws_vpc.main.id", r#"module.a["x.data."].aws_vpc.main.id"#, "aws_s3_bucket.data[0].id"]
        {
            assert!(!of_data(shown), "{shown}");
        }
    }

    #[test]
    fn words_name_what_the_source_refers_to() {
        let attr = Part::Attr(Arc::new(AttrRef { resource: ResourceId(0), path: "Ref".into(), shown: "Worker".into() }));
        let whole = Text::from_parts([attr.clone()]);
        assert_eq!((whole.words().as_str(), whole.to_string().as_str()), ("Worker", "${Worker}"));
        let group = Text::from_parts([Part::Literal("/aws/lambda/".into()), attr]);
        assert_eq!((group.words().as_str(), group.to_string().as_str()), ("/aws/lambda/<Worker>", "/aws/lambda/${Worker}"));
        let arn = Text::from_parts([Part::Literal("arn:aws:sqs:".into()), Part::Pseudo(Pseudo::Region)]);
        assert_eq!(arn.words(), "arn:aws:sqs:<region>");
        // What is text for AWS stays as it is written.
        assert_eq!(Text::literal("f-${stageVariables.env}").words(), "f-${stageVariables.env}");
        let items = vec![Value::new(Kind::Text(whole), Span::NONE), Value::string("a", Span::NONE)];
        assert_eq!(Value::list(ListShape::List, items, Span::NONE).words(), "[Worker, a]");
    }

    #[test]
    fn one_value_is_not_two_texts() {
        let when = |name: &str| Guard::when(name, true);
        let (prod, dev) = (when("Env == \"prod\""), when("Env == \"dev\""));
        assert_eq!(prod.and(&dev), None);
        assert!(prod.and(&when("Other == \"dev\"")).is_some());
        assert_eq!(prod.and(&Guard::when("Env == \"dev\"", false)), Some(prod.clone()));
        assert_eq!(Guard::when("Env == \"dev\"", false).and(&prod), Some(prod.clone()));
        assert!(prod.implies(&Guard::when("Env == \"dev\"", false)));
        assert!(!prod.implies(&Guard::when("Other == \"dev\"", false)));
        assert!(when("a || b == \"x\"").and(&when("a || b == \"y\"")).is_some());
        assert!(when("Env == \"${x}\"").and(&prod).is_some());
    }
}
