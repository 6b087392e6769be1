//! Policy documents as statements (IAM User Guide, "IAM JSON policy elements reference").
//!
//! A document may be a map, text that holds JSON, or a choice of these; each element may be a scalar or a list, known,
//! unknown, or there only under a condition. Whatever is not known stays visible: as a [`Gap`] where whole statements may be
//! missing, as `open` where an element may have more entries.

use crate::model::document;
use crate::source::Span;
use crate::value::{Guard, Kind, Map, Str, Text, Value};

/// Replaces the references in a text by what they stand for.
pub type Canonical<'a> = &'a dyn Fn(&Text) -> Text;

/// Something about a set of policies that is not known: it may grant anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// One clause, no full stop.
    pub reason: String,
    /// The place that would have to be known.
    pub span: Span,
    /// When it matters.
    pub guard: Guard,
}

impl Gap {
    /// A gap that matters always.
    pub fn new(reason: impl Into<String>, span: Span) -> Self {
        Gap { reason: reason.into(), span, guard: Guard::always() }
    }
}

/// A policy document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// What it says, as far as known.
    pub statements: Vec<Statement>,
    /// Why it may say more.
    pub gaps: Vec<Gap>,
    /// The guards of each choice that was met: in every deploy one of them holds.
    pub choices: Vec<Vec<Guard>>,
}

/// Allow or Deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Grants.
    Allow,
    /// Takes away.
    Deny,
    /// Not known, or neither of the two.
    Unknown,
}

/// One entry of an element, with the condition under which it is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The canonical text.
    pub text: Text,
    /// When it is there.
    pub guard: Guard,
}

/// `Action`/`NotAction` or `Resource`/`NotResource`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Elements {
    /// Whether it is the `Not…` form.
    pub negated: bool,
    /// The entries that are known to be there.
    pub items: Vec<Item>,
    /// Why there may be more; none where the list is complete.
    pub open: Option<String>,
}

impl Elements {
    /// Whether there is nothing, and nothing more to come.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.open.is_none() && !self.negated
    }
}

/// Who a statement is for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Principals {
    /// Whether it is `NotPrincipal`.
    pub negated: bool,
    /// `Service`, `AWS`, `Federated` or `*` with each identifier.
    pub items: Vec<(Str, Item)>,
    /// Why there may be more.
    pub open: Option<String>,
}

/// One key of a condition block.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// `StringEquals`, `ForAnyValue:ArnLike`, `NullIfExists`, ….
    pub operator: Str,
    /// `lambda:SourceFunctionArn`, ….
    pub key: Str,
    /// What it is compared with, one of which must match.
    pub values: Elements,
    /// Where these stand.
    pub span: Span,
}

impl Condition {
    /// `StringEquals` on a key.
    pub fn equals(key: &str, values: Elements) -> Self {
        Condition { operator: "StringEquals".into(), key: key.into(), values, span: Span::NONE }
    }
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Its id, where it has one.
    pub sid: Option<Text>,
    /// Allow or Deny.
    pub effect: Effect,
    /// The actions.
    pub actions: Elements,
    /// The resources; a trust policy has none.
    pub resources: Elements,
    /// The principals; an identity policy has none.
    pub principals: Principals,
    /// The conditions, all of which must hold.
    pub conditions: Vec<Condition>,
    /// Why there may be other conditions.
    pub conditions_open: Option<String>,
    /// Where it stands.
    pub span: Span,
    /// When it is there.
    pub guard: Guard,
}

/// How deep choices and lists within lists are followed.
const MAX_DEPTH: usize = 16;

impl Policy {
    /// Reads a document. Null has no statements.
    pub fn parse(document: &Value, canonical: Canonical<'_>) -> Policy {
        let mut reader = Reader { canonical, policy: Policy::default() };
        reader.document(&document::parse_json(document), &Guard::always(), 0);
        reader.policy
    }

    /// Under what its parts stand.
    pub fn guards(&self) -> impl Iterator<Item = &Guard> {
        let statements = self.statements.iter().flat_map(|statement| {
            let conditions = statement.conditions.iter().map(|c| &c.values);
            let elements = [&statement.actions, &statement.resources].into_iter().chain(conditions);
            let principals = statement.principals.items.iter().map(|(_, item)| &item.guard);
            elements.flat_map(|e| &e.items).map(|item| &item.guard).chain(principals).chain([&statement.guard])
        });
        statements.chain(self.gaps.iter().map(|gap| &gap.guard))
    }

    /// A document of which nothing is known.
    pub fn unknown(reason: impl Into<String>, span: Span) -> Policy {
        Policy { gaps: vec![Gap::new(reason, span)], ..Policy::default() }
    }
}

struct Reader<'a> {
    canonical: Canonical<'a>,
    policy: Policy,
}

impl Reader<'_> {
    fn gap(&mut self, reason: impl Into<String>, span: Span, guard: &Guard) {
        self.policy.gaps.push(Gap { reason: reason.into(), span, guard: guard.clone() });
    }

    /// What is neither a map nor a list nor a choice: why no statement can be read from it.
    fn opaque(&mut self, value: &Value, what: &str, guard: &Guard) {
        let reason = match value.first_unknown() {
            Some(hole) => hole.message(),
            None => format!("{what} is no JSON object"),
        };
        self.gap(reason, value.span, guard);
    }

    fn branches(&mut self, branches: &[(Guard, Value)], guard: &Guard) -> Vec<(Guard, Value)> {
        self.policy.choices.push(branches.iter().map(|(g, _)| g.clone()).collect());
        branches.iter().filter_map(|(g, v)| Some((guard.and(g)?, v.clone()))).collect()
    }

    fn document(&mut self, value: &Value, guard: &Guard, depth: usize) {
        match &value.kind {
            Kind::Null => {}
            Kind::Choice(branches) if depth < MAX_DEPTH => {
                for (guard, branch) in self.branches(branches, guard) {
                    self.document(&document::parse_json(&branch), &guard, depth + 1);
                }
            }
            Kind::Map(map) => match element(map, "Statement") {
                Some(statements) => self.statements(statements, guard, depth + 1),
                None => {
                    let reason = map.open.as_ref().map_or_else(|| "the document has no `Statement`".to_owned(), |u| u.message.to_string());
                    self.gap(reason, value.span, guard);
                }
            },
            _ => self.opaque(value, "the document", guard),
        }
    }

    fn statements(&mut self, value: &Value, guard: &Guard, depth: usize) {
        match &value.kind {
            Kind::Null => {}
            Kind::Choice(branches) if depth < MAX_DEPTH => {
                for (guard, branch) in self.branches(branches, guard) {
                    self.statements(&branch, &guard, depth + 1);
                }
            }
            Kind::List(list) if depth < MAX_DEPTH => {
                for item in &list.items {
                    self.statements(item, guard, depth + 1);
                }
                if let Some(unknown) = &list.open {
                    self.gap(unknown.message.to_string(), value.span, guard);
                }
            }
            Kind::Map(map) => {
                let statement = self.statement(map, value.span, guard);
                self.policy.statements.push(statement);
            }
            _ => self.opaque(value, "the statement", guard),
        }
    }

    fn statement(&mut self, map: &Map, span: Span, guard: &Guard) -> Statement {
        let mut statement = Statement {
            sid: element(map, "Sid").and_then(Value::to_text),
            effect: effect(element(map, "Effect"), map),
            actions: self.elements(map, "Action", "NotAction"),
            resources: self.elements(map, "Resource", "NotResource"),
            principals: Principals::default(),
            conditions: Vec::new(),
            conditions_open: map.open.as_ref().map(|u| u.message.to_string()),
            span,
            guard: guard.clone(),
        };
        self.principals(map, &mut statement.principals);
        if let Some(conditions) = element(map, "Condition") {
            self.conditions(conditions, &mut statement);
        }
        statement
    }

    fn conditions(&mut self, value: &Value, statement: &mut Statement) {
        let Kind::Map(operators) = &value.kind else {
            statement.conditions_open = Some(why_no_map(value));
            return;
        };
        for (operator, keys) in &operators.entries {
            match &keys.kind {
                Kind::Map(keys) => {
                    for (key, values) in &keys.entries {
                        let mut condition =
                            Condition { operator: operator.clone(), key: key.clone(), values: Elements::default(), span: values.span };
                        self.items(values, &Guard::always(), &mut condition.values.items, &mut condition.values.open, 0);
                        statement.conditions.push(condition);
                    }
                    if let Some(unknown) = &keys.open {
                        statement.conditions_open.get_or_insert_with(|| unknown.message.to_string());
                    }
                }
                Kind::Null => {}
                _ => statement.conditions_open = Some(why_no_map(keys)),
            }
        }
        if let Some(unknown) = &operators.open {
            statement.conditions_open = Some(unknown.message.to_string());
        }
    }

    fn elements(&mut self, map: &Map, plain: &str, negated: &str) -> Elements {
        let mut out = Elements::default();
        let value = match (element(map, plain), element(map, negated)) {
            (Some(value), _) => value,
            (None, Some(value)) => {
                out.negated = true;
                value
            }
            (None, None) => {
                out.open = map.open.as_ref().map(|u| u.message.to_string());
                return out;
            }
        };
        self.items(value, &Guard::always(), &mut out.items, &mut out.open, 0);
        out
    }

    fn items(&mut self, value: &Value, guard: &Guard, out: &mut Vec<Item>, open: &mut Option<String>, depth: usize) {
        match &value.kind {
            Kind::Null => {}
            Kind::List(list) if depth < MAX_DEPTH => {
                list.items.iter().for_each(|item| self.items(item, guard, out, open, depth + 1));
                if let Some(unknown) = &list.open {
                    open.get_or_insert_with(|| unknown.message.to_string());
                }
            }
            Kind::Choice(branches) if depth < MAX_DEPTH => {
                for (guard, branch) in self.branches(branches, guard) {
                    self.items(&branch, &guard, out, open, depth + 1);
                }
            }
            // An unknown may be a list of any length; as text it would be one entry.
            Kind::Unknown(unknown) => {
                open.get_or_insert_with(|| unknown.message.to_string());
            }
            _ => match value.to_text() {
                Some(text) => out.push(Item { text: (self.canonical)(&text), guard: guard.clone() }),
                None => {
                    open.get_or_insert_with(|| "an entry is no text".to_owned());
                }
            },
        }
    }

    fn principals(&mut self, map: &Map, out: &mut Principals) {
        let value = match (element(map, "Principal"), element(map, "NotPrincipal")) {
            (Some(value), _) => value,
            (None, Some(value)) => {
                out.negated = true;
                value
            }
            (None, None) => {
                out.open = map.open.as_ref().map(|u| u.message.to_string());
                return;
            }
        };
        self.principal(value, &Guard::always(), out, 0);
    }

    fn principal(&mut self, value: &Value, guard: &Guard, out: &mut Principals, depth: usize) {
        match &value.kind {
            Kind::Choice(branches) if depth < MAX_DEPTH => {
                for (guard, branch) in self.branches(branches, guard) {
                    self.principal(&branch, &guard, out, depth + 1);
                }
            }
            Kind::Map(map) => {
                for (kind, identifiers) in &map.entries {
                    let mut items = Vec::new();
                    self.items(identifiers, guard, &mut items, &mut out.open, depth + 1);
                    out.items.extend(items.into_iter().map(|item| (kind.clone(), item)));
                }
                if let Some(unknown) = &map.open {
                    out.open.get_or_insert_with(|| unknown.message.to_string());
                }
            }
            _ => {
                let mut items = Vec::new();
                self.items(value, guard, &mut items, &mut out.open, depth + 1);
                out.items.extend(items.into_iter().map(|item| ("*".into(), item)));
            }
        }
    }
}

/// An element by its name. IAM takes the names in any case.
fn element<'a>(map: &'a Map, name: &str) -> Option<&'a Value> {
    let found = map.entries.get(name).or_else(|| map.entries.iter().find(|(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v));
    found.filter(|v| !v.is_null())
}

fn effect(value: Option<&Value>, map: &Map) -> Effect {
    match value.map(Value::as_str) {
        Some(Some(text)) if text.eq_ignore_ascii_case("allow") => Effect::Allow,
        Some(Some(text)) if text.eq_ignore_ascii_case("deny") => Effect::Deny,
        // Without an effect AWS refuses the document; `data.aws_iam_policy_document` gives the default itself.
        None if map.open.is_none() => Effect::Unknown,
        _ => Effect::Unknown,
    }
}

fn why_no_map(value: &Value) -> String {
    value.first_unknown().map_or_else(|| "the condition is no map".to_owned(), |hole| hole.message())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Part, Reason, Unknown};

    fn parse(text: &str) -> Policy {
        Policy::parse(&Value::string(text, Span::NONE), &Text::clone)
    }

    #[test]
    fn scalars_and_lists_are_the_same() {
        let one = parse(r#"{"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}"#);
        let many = parse(r#"{"Statement": [{"effect": "Allow", "action": ["ec2:*"], "Resource": ["*"]}]}"#);
        assert_eq!(one, many);
        assert_eq!(one.statements.len(), 1);
        assert!(one.gaps.is_empty());
    }

    #[test]
    fn what_is_unknown_stays_visible() {
        let hole = Part::Unknown(Unknown::new(Reason::NoValue, "var.more", "variable `more` has no default", Span::NONE));
        let text = Text::from_parts([
            Part::Literal(r#"{"Statement": ["#.into()),
            hole.clone(),
            Part::Literal(r#", {"Effect": "Allow", "Action": "#.into()),
            hole,
            Part::Literal(r#", "Resource": "*"}]}"#.into()),
        ]);
        let policy = Policy::parse(&Value::new(Kind::Text(text), Span::NONE), &Text::clone);
        assert_eq!(policy.gaps[0].reason, "variable `more` has no default");
        assert_eq!(policy.statements[0].actions.open.as_deref(), Some("variable `more` has no default"));
    }

    #[test]
    fn a_document_that_is_none_is_a_gap() {
        assert_eq!(parse("{ not json").gaps.len(), 1);
        assert_eq!(parse("{}").gaps[0].reason, "the document has no `Statement`");
        assert_eq!(Policy::parse(&Value::null(Span::NONE), &Text::clone), Policy::default());
    }

    #[test]
    fn branches_of_a_choice_keep_their_guards() {
        let allow = Value::string(r#"{"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}"#, Span::NONE);
        let branches = vec![(Guard::when("UseVpc", true), allow), (Guard::when("UseVpc", false), Value::null(Span::NONE))];
        let policy = Policy::parse(&Value::choice(branches, Span::NONE), &Text::clone);
        assert_eq!(policy.statements[0].guard, Guard::when("UseVpc", true));
        assert_eq!(policy.choices.len(), 1);
    }
}
