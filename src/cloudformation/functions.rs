//! `Fn::FindInMap`, `Fn::Base64`, `Fn::ImportValue` and `Fn::ToJsonString`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::conditions::equals;
use super::identity::{self, derived, distribute_one};
use super::resolver::{Resolver, StackId};
use crate::finding::Severity;
use crate::source::Span;
use crate::syntax::node::{Entry, Node};
use crate::value::{Guard, Kind, MAX_ALTERNATIVES, Part, Pseudo, Reason, Str, Text, Unknown, Value, format_smolstr};

/// One way that a lookup can go: under which guard, and the node found, or the key that is missing.
type Found = (Guard, Result<Node, Missing>);

/// What a lookup does not find.
struct Missing {
    message: String,
    /// The name of the mapping, where there is none of that name.
    mapping: Option<Str>,
}

impl Missing {
    fn new(key: &str, level: usize) -> Self {
        match level {
            0 => Missing { message: format!("the template has no mapping `{key}`"), mapping: Some(key.into()) },
            _ => Missing { message: format!("the mapping has no key `{key}`"), mapping: None },
        }
    }

    /// There are no mappings at all.
    fn all(keys: &[Value; 3]) -> Self {
        Missing { message: "the template has no `Mappings`".to_owned(), mapping: keys[0].as_str().map(Str::from) }
    }
}

impl Resolver<'_> {
    /// `Fn::FindInMap`. Where a key is not known, every entry is possible, each under the guard that the key is that one.
    pub fn find_in_map(&mut self, stack: StackId, argument: &Node) -> Value {
        let span = argument.span;
        let (names, default) = match argument.items() {
            Some([map, top, second]) => ([map, top, second], None),
            Some([map, top, second, options]) => ([map, top, second], options.get("DefaultValue")),
            _ => return self.mistake(span, "`Fn::FindInMap` wants a list: a mapping, a top-level key and a second-level key"),
        };
        let keys = names.map(|node| self.value(stack, node));
        let Some(mappings) = self.stacks[stack].mappings.clone() else {
            return self.missing_entry(stack, &keys, Missing::all(&keys), default, span);
        };
        let mut found: Vec<Found> = vec![(Guard::always(), Ok(mappings))];
        for (level, key) in keys.iter().enumerate() {
            found = found.into_iter().flat_map(|(guard, node)| step(guard, node, key, level, default.is_some())).collect();
            if found.len() > 4 * MAX_ALTERNATIVES {
                return derived("Fn::FindInMap", &keys.iter().collect::<Vec<_>>(), span);
            }
        }
        // A key that is not known is not one that leads nowhere: with that, the deploy fails.
        if default.is_none() && !keys.iter().all(is_known_key) {
            found.retain(|(_, node)| node.is_ok());
            if found.is_empty() {
                return derived("Fn::FindInMap", &keys.iter().collect::<Vec<_>>(), span);
            }
        }
        found.retain(|(guard, _)| self.assumed.and(guard).is_some());
        if found.len() > 1 && !self.goes_with(&keys) {
            return self.one_of(stack, &keys, found, span);
        }
        let branches: Vec<(Guard, Value)> = found
            .into_iter()
            .map(|(guard, node)| match node {
                Ok(node) => (guard, self.value(stack, &node)),
                Err(missing) => (guard, self.missing_entry(stack, &keys, missing, default, span)),
            })
            .collect();
        let too_many = branches.len() > MAX_ALTERNATIVES;
        match Value::choice(branches, span) {
            // The entries are too many to follow one by one, but the lookup still is one and the same value everywhere.
            value if too_many && matches!(value.kind, Kind::Unknown(_)) => derived("Fn::FindInMap", &keys.iter().collect::<Vec<_>>(), span),
            value => value,
        }
    }

    /// Whether each entry that a key may name may also be the one in the place that asks for it: what is taken for granted there
    /// says nothing, or something of the key itself. Which account goes with which environment is not in a template.
    fn goes_with(&self, keys: &[Value; 3]) -> bool {
        let open: Vec<Str> = keys.iter().filter(|key| !is_known_key(key)).map(identity::shown).collect();
        let names_key = |term: &str| open.iter().any(|key| term.strip_prefix(key.as_str()).is_some_and(|rest| rest.starts_with(" == ")));
        // An environment that is decided stands in no term any more.
        let by_account = open.iter().any(|key| key.contains(Pseudo::AccountId.name()));
        let decided = by_account && !self.world.name.is_empty();
        !decided && self.assumed.terms().iter().all(|(term, _)| names_key(term))
    }

    /// The value that all entries share; else one that is not known.
    fn one_of(&mut self, stack: StackId, keys: &[Value; 3], found: Vec<Found>, span: Span) -> Value {
        let mut values = found.into_iter().filter_map(|(_, node)| Some(self.value(stack, &node.ok()?)));
        let same = values.next().filter(|first| values.all(|other| other.kind == first.kind));
        same.unwrap_or_else(|| derived("Fn::FindInMap", &keys.iter().collect::<Vec<_>>(), span))
    }

    fn missing_entry(&mut self, stack: StackId, keys: &[Value; 3], missing: Missing, default: Option<&Node>, span: Span) -> Value {
        match (default, missing.mapping) {
            (Some(default), _) => self.value(stack, default),
            (None, _) if self.stacks[stack].has_macros => derived("Fn::FindInMap", &keys.iter().collect::<Vec<_>>(), span),
            (None, Some(mapping)) => {
                self.undeclared(stack, &mapping, Severity::Error, span, missing.message.as_str());
                self.mistake(span, missing.message)
            }
            (None, None) => self.late_mistake(span, missing.message),
        }
    }

    /// `Fn::Base64`.
    pub fn base64(&mut self, stack: StackId, argument: &Node) -> Value {
        let value = self.value(stack, argument);
        let span = argument.span;
        distribute_one("Fn::Base64", value, span, |value| match value.to_text().as_ref().and_then(Text::as_known) {
            Some(known) => Value::string(STANDARD.encode(known), span),
            None => derived("Fn::Base64", &[value], span),
        })
    }

    /// `Fn::ImportValue`: an output that another template of the scan exports under that name, or a value known to AWS alone.
    pub fn import_value(&mut self, stack: StackId, argument: &Node) -> Value {
        let name = self.value(stack, argument);
        let (span, exports, world) = (argument.span, self.exports, self.world);
        distribute_one("Fn::ImportValue", name, span, |name| {
            if let Some(value) = exports.import(name, world, span) {
                return value;
            }
            let shown = format_smolstr!("Fn::ImportValue({})", identity::shown(name));
            let message = format_smolstr!("`{}` is exported by another stack", identity::shown(name));
            let unknown = match identity::of(name) {
                Some(id) => Unknown::identified(Reason::External, format_smolstr!("import:{id}"), shown, message, span),
                None => Unknown::new(Reason::External, shown, message, span),
            };
            Value::unknown(unknown, span)
        })
    }

    /// `Fn::ToJsonString`.
    pub fn json_string(&mut self, stack: StackId, argument: &Node) -> Value {
        let value = self.value(stack, argument);
        let mut parts = Vec::new();
        match json_parts(&value, &mut parts) {
            true => Value::new(Kind::Text(Text::from_parts(parts)), argument.span),
            false => derived("Fn::ToJsonString", &[&value], argument.span),
        }
    }
}

fn is_known_key(key: &Value) -> bool {
    key.alternatives().iter().all(|(_, key)| key.to_text().is_some_and(|text| text.as_known().is_some()))
}

/// Goes one level into the mappings by a key.
fn step(guard: Guard, node: Result<Node, Missing>, key: &Value, level: usize, has_default: bool) -> Vec<Found> {
    let node = match node {
        Ok(node) => node,
        Err(missing) => return vec![(guard, Err(missing))],
    };
    let mut out = Vec::new();
    for (when, key) in key.alternatives() {
        let Some(guard) = guard.and(&when) else { continue };
        match key.to_text().as_ref().and_then(Text::as_known) {
            Some(name) => out.push((guard, node.get(name).cloned().ok_or_else(|| Missing::new(name, level)))),
            None => out.extend(any_entry(&guard, &node, &key, level, has_default)),
        }
    }
    out
}

/// Every entry that a key that is not known may name; and none of them, where there is a default for that.
fn any_entry(guard: &Guard, node: &Node, key: &Value, level: usize, has_default: bool) -> Vec<Found> {
    let shown = identity::shown(key);
    let entries: &[Entry] = node.entries().unwrap_or_default();
    let condition = |entry: &Entry| Some(equals(&shown, entry.key.as_str()?));
    let named = |entry: &Entry| Some((guard.and(&Guard::when(condition(entry)?, true))?, Ok(entry.value.clone())));
    let mut out: Vec<Found> = entries.iter().filter_map(named).collect();
    if has_default || out.is_empty() {
        let none = entries.iter().filter_map(condition).try_fold(guard.clone(), |all, c| all.and(&Guard::when(c, false)));
        out.extend(none.map(|none| (none, Err(Missing::new(&shown, level)))));
    }
    out
}

/// Writes JSON in which unknown texts are holes; `false` where a value's shape is not known.
fn json_parts(value: &Value, out: &mut Vec<Part>) -> bool {
    let mut literal = |text: &str| out.push(Part::Literal(Str::from(text)));
    match &value.kind {
        Kind::Null => literal("null"),
        Kind::Bool(b) => literal(if *b { "true" } else { "false" }),
        Kind::Number(n) => literal(&n.to_string()),
        Kind::Text(text) => {
            literal("\"");
            for part in text.parts() {
                match part {
                    Part::Literal(text) => out.push(Part::Literal(escaped(&text))),
                    hole => out.push(hole),
                }
            }
            out.push(Part::Literal("\"".into()));
        }
        Kind::List(list) if list.open.is_none() => {
            literal("[");
            for (i, item) in list.items.iter().enumerate() {
                out.push(Part::Literal(if i == 0 { "" } else { "," }.into()));
                if !json_parts(item, out) {
                    return false;
                }
            }
            out.push(Part::Literal("]".into()));
        }
        Kind::Map(map) if map.open.is_none() => {
            literal("{");
            for (i, (key, item)) in map.entries.iter().enumerate() {
                let comma = if i == 0 { "" } else { "," };
                out.push(Part::Literal(format_smolstr!("{comma}\"{}\":", escaped(key))));
                if !json_parts(item, out) {
                    return false;
                }
            }
            out.push(Part::Literal("}".into()));
        }
        Kind::Attr(attr) if is_text(&attr.path) => {
            literal("\"");
            out.push(Part::Attr(attr.clone()));
            out.push(Part::Literal("\"".into()));
        }
        Kind::List(_) | Kind::Map(_) | Kind::Choice(_) | Kind::Attr(_) | Kind::Unknown(_) => return false,
    }
    true
}

/// Whether an attribute surely is a text, and no list.
fn is_text(path: &str) -> bool {
    path == "Ref" || ["Arn", "Id", "Name", "Address", "Url", "Endpoint"].iter().any(|end| path.ends_with(end))
}

/// The inside of a JSON string.
fn escaped(text: &str) -> Str {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().into()
}
