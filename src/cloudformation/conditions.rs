//! The `Conditions` section, in three-valued logic.

use super::identity;
use super::resolver::{Resolver, StackId};
use crate::finding::Severity;
use crate::source::Span;
use crate::syntax::node::Node;
use crate::text::{Answer, same};
use crate::value::{Guard, Kind, MAX_ALTERNATIVES, Str, Text, Value, format_smolstr};

/// What is known of a condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Decision {
    /// It has this value.
    Known(bool),
    /// It cannot be decided.
    Open {
        /// What holds where it is true.
        yes: Guard,
        /// What holds where it is false.
        no: Guard,
    },
}

impl Decision {
    /// An undecided condition of that name.
    fn atom(name: impl Into<Str>) -> Self {
        let name = name.into();
        Decision::Open { yes: Guard::when(name.clone(), true), no: Guard::when(name, false) }
    }

    fn not(self) -> Self {
        match self {
            Decision::Known(b) => Decision::Known(!b),
            Decision::Open { yes, no } => Decision::Open { yes: no, no: yes },
        }
    }

    /// Decides it by what is taken for granted, where that says anything.
    pub fn under(self, assumed: &Guard) -> Self {
        match &self {
            Decision::Open { yes, .. } if assumed.and(yes).is_none() => Decision::Known(false),
            Decision::Open { no, .. } if assumed.and(no).is_none() => Decision::Known(true),
            _ => self,
        }
    }
}

impl Resolver<'_> {
    /// The condition of a name, as the resource, output or function at `span` refers to it.
    pub fn condition(&mut self, stack: StackId, name: &str, span: Span) -> Decision {
        if let Some(decision) = self.stacks[stack].decisions.get(name) {
            return decision.clone();
        }
        let label = self.stacks[stack].qualified(name);
        let Some(node) = self.stacks[stack].conditions.get(name).cloned() else {
            if !self.stacks[stack].has_macros {
                self.undeclared(stack, name, Severity::Error, span, format!("the template has no condition `{name}`"));
            }
            return Decision::atom(label);
        };
        let key = format_smolstr!("condition {name}");
        let deeper = |r: &mut Self| r.deeper(node.span, |r| r.condition_node(stack, &node, &label));
        let decision = match self.once(stack, key, deeper) {
            Some(decision) => decision.unwrap_or_else(|| Decision::atom(label)),
            None => {
                self.problem(Severity::Error, node.span, format!("the condition `{name}` depends on itself"), "");
                return Decision::atom(label);
            }
        };
        self.stacks[stack].decisions.insert(name.into(), decision.clone());
        decision
    }

    /// A condition's expression. `label` names what has no better name.
    fn condition_node(&mut self, stack: StackId, node: &Node, label: &str) -> Decision {
        let Some([entry]) = node.entries() else {
            return self.not_a_condition(node, label);
        };
        let (name, argument) = (entry.key.as_str().unwrap_or_default(), &entry.value);
        match (name, argument.items()) {
            ("Condition", None) => match argument.as_str() {
                Some(name) => self.condition(stack, name, argument.span),
                None => self.not_a_condition(node, label),
            },
            ("Fn::Equals", Some([a, b])) => {
                let (a, b) = (self.value(stack, a), self.value(stack, b));
                equality(&a, &b)
            }
            ("Fn::Not", Some([operand])) => self.operand(stack, operand, format!("{label}[0]")).not(),
            ("Fn::And", Some(operands)) => {
                let operands = self.operands(stack, operands, label);
                conjunction(operands, label, true)
            }
            ("Fn::Or", Some(operands)) => {
                let operands = self.operands(stack, operands, label);
                conjunction(operands.into_iter().map(Decision::not).collect(), label, false).not()
            }
            _ => self.not_a_condition(node, label),
        }
    }

    fn operands(&mut self, stack: StackId, operands: &[Node], label: &str) -> Vec<Decision> {
        operands.iter().enumerate().map(|(i, operand)| self.operand(stack, operand, format!("{label}[{i}]"))).collect()
    }

    fn operand(&mut self, stack: StackId, node: &Node, label: String) -> Decision {
        self.deeper(node.span, |r| r.condition_node(stack, node, &label)).unwrap_or_else(|| Decision::atom(label))
    }

    fn not_a_condition(&mut self, node: &Node, label: &str) -> Decision {
        let message = match node.entries() {
            Some([entry]) => {
                let name = entry.key.as_str().unwrap_or_default();
                match name {
                    "Fn::Equals" => "`Fn::Equals` wants a list of two values".to_owned(),
                    "Fn::Not" => "`Fn::Not` wants a list of one condition".to_owned(),
                    "Fn::And" | "Fn::Or" => format!("`{name}` wants a list of conditions"),
                    "Condition" => "`Condition` wants the name of a condition".to_owned(),
                    _ => format!("`{name}` is no condition: only Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition are"),
                }
            }
            _ => "a condition must be one of Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition".to_owned(),
        };
        self.problem(Severity::Error, node.span, message, "");
        Decision::atom(label)
    }
}

/// All of them. Where several are undecided, the guard for "true" names each and the whole, that for "false" only the whole:
/// which one of them fails is not known. `named` is what the condition of that label is where all hold: false for that of `Fn::Or`,
/// of which none holds then.
fn conjunction(operands: Vec<Decision>, label: &str, named: bool) -> Decision {
    if operands.contains(&Decision::Known(false)) {
        return Decision::Known(false);
    }
    let mut open: Vec<Decision> = operands.into_iter().filter(|d| matches!(d, Decision::Open { .. })).collect();
    open.dedup();
    match open.len() {
        0 => return Decision::Known(true),
        1 => return open.remove(0),
        _ => {}
    }
    let mut all = Guard::when(label, named);
    for operand in &open {
        let Decision::Open { yes, .. } = operand else { continue };
        match all.and(yes) {
            Some(both) => all = both,
            None => return Decision::Known(false),
        }
    }
    Decision::Open { yes: all, no: Guard::when(label, !named) }
}

/// `Fn::Equals`. An undecided one is named by what it compares, so that two that compare the same are the same condition.
fn equality(a: &Value, b: &Value) -> Decision {
    let mut outcomes: Vec<(Guard, Answer)> = Vec::new();
    for (guard_a, a) in a.alternatives() {
        for (guard_b, b) in b.alternatives() {
            if let Some(both) = guard_a.and(&guard_b) {
                outcomes.push((both, equal(&a, &b)));
            }
        }
        if outcomes.len() > MAX_ALTERNATIVES {
            return Decision::atom(equation(a.clone(), b));
        }
    }
    let all = |wanted: Answer| outcomes.iter().all(|(_, answer)| *answer == wanted);
    match outcomes.as_slice() {
        _ if all(Answer::Yes) => Decision::Known(true),
        _ if all(Answer::No) => Decision::Known(false),
        [(yes, Answer::Yes), (no, Answer::No)] | [(no, Answer::No), (yes, Answer::Yes)] => {
            Decision::Open { yes: yes.clone(), no: no.clone() }
        }
        _ => Decision::atom(equation(a.clone(), b)),
    }
}

/// `Env == "prod"`: the known side last, so that both spellings of a comparison are one.
fn equation(a: Value, b: &Value) -> Str {
    let (left, right) = (identity::shown(&a), identity::shown(b));
    match (a.to_text().as_ref().and_then(Text::as_known), b.to_text().as_ref().and_then(Text::as_known)) {
        (Some(known), _) => equals(&right, known),
        (_, Some(known)) => equals(&left, known),
        _ if left > right => format_smolstr!("{right} == {left}"),
        _ => format_smolstr!("{left} == {right}"),
    }
}

/// The name of the condition that a value is a text. [`Guard::and`] knows that no value is two texts.
pub(super) fn equals(value: &str, text: &str) -> Str {
    format_smolstr!("{value} == \"{text}\"")
}

/// Whether two values are the same to CloudFormation, which compares texts.
fn equal(a: &Value, b: &Value) -> Answer {
    match (&a.kind, &b.kind) {
        (Kind::List(a), Kind::List(b)) if a.open.is_none() && b.open.is_none() => {
            if a.items.len() != b.items.len() {
                return Answer::No;
            }
            a.items.iter().zip(&b.items).map(|(a, b)| equal(a, b)).fold(Answer::Yes, Answer::and)
        }
        _ => match (a.to_text(), b.to_text()) {
            (Some(a), Some(b)) => same(&a, &b),
            _ => Answer::Maybe,
        },
    }
}
