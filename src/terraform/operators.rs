//! Operators, three-valued where operands are not known.

use std::cmp::Ordering;

use super::evaluator::Evaluator;
use super::expr::map_choice;
use super::functions;
use super::identity;
use super::instance::Scope;
use super::plan::unknown_of;
use super::types::{self, Type};
use crate::source::Span;
use crate::syntax::hcl::ast::{BinaryOperator, Expr, UnaryOperator};
use crate::value::{Guard, Kind, Number, Str, Unknown, Value, format_smolstr};

impl Evaluator<'_> {
    pub(super) fn eval_unary(&self, operator: UnaryOperator, operand: &Expr, scope: Scope<'_>, span: Span) -> Value {
        let value = self.eval(operand, scope);
        map_choice(&value, span, |value| match operator {
            UnaryOperator::Not => match (value.as_bool(), &value.kind) {
                (Some(b), _) => Value::new(Kind::Bool(!b), span),
                (None, Kind::Unknown(_) | Kind::Attr(_)) => not_unknown(value, span),
                (None, Kind::Text(text)) if text.as_known().is_none() => not_unknown(value, span),
                _ => self.error(span, value.to_string(), "`!` needs a bool"),
            },
            UnaryOperator::Negate => match self.number(value) {
                Operand::Number(n) => Value::new(Kind::Number(n.neg()), span),
                Operand::Unknown => unknown_result("-", &[value], span),
                Operand::Wrong => self.error(span, value.to_string(), "`-` needs a number"),
            },
        })
    }

    pub(super) fn eval_binary(&self, operator: BinaryOperator, operands: &[Expr; 2], scope: Scope<'_>, span: Span) -> Value {
        let (left, right) = (self.eval(&operands[0], scope), self.eval(&operands[1], scope));
        self.budget.look(functions::size(&left) + functions::size(&right));
        if matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual)
            && let Some(equal) = types::equal(&left, &right)
        {
            return Value::new(Kind::Bool(equal == (operator == BinaryOperator::Equal)), span);
        }
        map_choice(&left, span, |left| map_choice(&right, span, |right| self.apply(operator, left, right, span)))
    }

    fn apply(&self, operator: BinaryOperator, left: &Value, right: &Value, span: Span) -> Value {
        use BinaryOperator as Op;
        match operator {
            Op::And | Op::Or => self.logic(operator, left, right, span),
            Op::Equal | Op::NotEqual => match equal(left, right) {
                Some(equal) => Value::new(Kind::Bool(equal == (operator == Op::Equal)), span),
                None if operator == Op::Equal => equality_unknown(left, right, span),
                None => not_unknown(&equality_unknown(left, right, span), span),
            },
            _ => match (self.number(left), self.number(right)) {
                (Operand::Number(a), Operand::Number(b)) => match arithmetic(operator, &a, &b) {
                    Ok(kind) => Value::new(kind, span),
                    Err(message) => self.error(span, operator.symbol(), message),
                },
                (Operand::Wrong, _) | (_, Operand::Wrong) => {
                    self.error(span, operator.symbol(), format_smolstr!("`{}` needs numbers", operator.symbol()))
                }
                _ => unknown_result(operator.symbol(), &[left, right], span),
            },
        }
    }

    /// A known side that decides does so whatever the other is.
    fn logic(&self, operator: BinaryOperator, left: &Value, right: &Value, span: Span) -> Value {
        let decides = operator == BinaryOperator::Or;
        for (this, other) in [(left, right), (right, left)] {
            match this.as_bool() {
                Some(b) if b == decides => return Value::new(Kind::Bool(b), span),
                Some(_) if other.as_bool().is_some() || matches!(other.kind, Kind::Unknown(_) | Kind::Attr(_)) => {
                    return other.as_bool().map_or_else(|| other.clone().at(span), |b| Value::new(Kind::Bool(b), span));
                }
                _ => {}
            }
        }
        if [left, right].iter().any(|v| matches!(v.kind, Kind::Null | Kind::List(_) | Kind::Map(_) | Kind::Number(_))) {
            return self.error(span, operator.symbol(), format_smolstr!("`{}` needs bools", operator.symbol()));
        }
        let result = unknown_result(operator.symbol(), &[left, right], span);
        if let Kind::Unknown(unknown) = &result.kind
            && let (Some(id), Some(left), Some(right)) = (&unknown.identity, identity::of(left), identity::of(right))
        {
            self.joined.borrow_mut().insert(id.clone(), Joined { and: !decides, sides: [left, right] });
        }
        result
    }

    /// The guard that a condition has that polarity, with what follows of its sides: where `a && b` holds, both do, and where
    /// `a || b` does not, neither does.
    pub(super) fn guard(&self, condition: &str, polarity: bool) -> Option<Guard> {
        let mut guard = identity::guard(condition, polarity);
        let plain = condition.trim_start_matches('!');
        let polarity = polarity == (condition.len() - plain.len()).is_multiple_of(2);
        let joined = self.joined.borrow().get(plain).cloned();
        if let Some(joined) = joined.filter(|j| j.and == polarity) {
            for side in &joined.sides {
                guard = guard.and(&self.deeper(|| self.guard(side, polarity))??)?;
            }
        }
        Some(guard)
    }

    fn number(&self, value: &Value) -> Operand {
        match &value.kind {
            Kind::Number(n) => Operand::Number(n.clone()),
            Kind::Unknown(_) | Kind::Attr(_) => Operand::Unknown,
            Kind::Text(text) if text.as_known().is_none() => Operand::Unknown,
            _ => match types::convert(value, &Type::Number).map(|v| v.kind) {
                Ok(Kind::Number(n)) => Operand::Number(n),
                _ => Operand::Wrong,
            },
        }
    }
}

/// The sides of an undecided `&&` or `||`, by identity.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    and: bool,
    sides: [Str; 2],
}

enum Operand {
    Number(Number),
    Unknown,
    Wrong,
}

fn arithmetic(operator: BinaryOperator, a: &Number, b: &Number) -> Result<Kind, String> {
    let ordering = || a.partial_cmp(b).unwrap_or(Ordering::Equal);
    Ok(match operator {
        BinaryOperator::Add => Kind::Number(a.add(b)?),
        BinaryOperator::Subtract => Kind::Number(a.sub(b)?),
        BinaryOperator::Multiply => Kind::Number(a.mul(b)?),
        BinaryOperator::Divide if *b == Number::Int(0) => match a.partial_cmp(b) {
            Some(Ordering::Less) => Kind::Number(Number::Infinite(true)),
            Some(Ordering::Greater) => Kind::Number(Number::Infinite(false)),
            _ => return Err("zero divided by zero".to_owned()),
        },
        BinaryOperator::Divide => Kind::Number(a.div(b)?),
        BinaryOperator::Modulo => Kind::Number(a.rem(b)?),
        BinaryOperator::Less => Kind::Bool(ordering().is_lt()),
        BinaryOperator::LessOrEqual => Kind::Bool(ordering().is_le()),
        BinaryOperator::Greater => Kind::Bool(ordering().is_gt()),
        BinaryOperator::GreaterOrEqual => Kind::Bool(ordering().is_ge()),
        _ => return Err(format!("`{}` is no arithmetic operator", operator.symbol())),
    })
}

/// Attributes that every resource that has them has a value for, as soon as it exists.
const NEVER_EMPTY: [&str; 13] = [
    "arn",
    "bucket",
    "dns_name",
    "execution_arn",
    "function_name",
    "id",
    "invoke_arn",
    "name",
    "qualified_arn",
    "qualified_invoke_arn",
    "root_resource_id",
    "url",
    "version",
];

/// Equality. What is never null is not null; a whole resource, and an attribute that the cloud never leaves empty, is neither null nor the empty string:
/// `kms_key_arn == null ? … : …` and `arn != "" ? 1 : 0` are how modules ask whether something was passed.
fn equal(left: &Value, right: &Value) -> Option<bool> {
    let not_null = |value: &Value| !functions::is_or_may_be_null(value);
    let differ = |a: &Value, b: &Value| (is_empty(a) && is_there(b)) || (a.is_null() && not_null(b));
    match differ(left, right) || differ(right, left) {
        true => Some(false),
        false => types::equal(left, right),
    }
}

/// Whether a value is null or the empty string.
pub(super) fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// Whether a value, whatever it is, is neither null nor empty.
pub(super) fn is_there(value: &Value) -> bool {
    matches!(&value.kind, Kind::Attr(attr) if attr.path.is_empty() || NEVER_EMPTY.contains(&attr.path.as_str()))
}

/// `a == b` with the known side on the right, so that both spellings are one condition.
fn equality_unknown(left: &Value, right: &Value, span: Span) -> Value {
    let known = |v: &Value| v.first_unknown().is_none();
    match known(left) && !known(right) {
        true => unknown_result("==", &[right, left], span),
        false => unknown_result("==", &[left, right], span),
    }
}

fn not_unknown(value: &Value, span: Span) -> Value {
    let cause = unknown_of(value);
    let shown = identity::negated(&cause.shown);
    Value::unknown(
        match &cause.identity {
            Some(id) => Unknown::identified(cause.reason, identity::negated(id), shown, cause.message.clone(), cause.span),
            None => Unknown::new(cause.reason, shown, cause.message.clone(), cause.span),
        }
        .never_null(),
        span,
    )
}

/// The unknown result of an operator: the reason is that of the first operand that is not known.
fn unknown_result(symbol: &str, operands: &[&Value], span: Span) -> Value {
    let Some(cause) = operands.iter().find(|v| v.first_unknown().is_some()).map(|v| unknown_of(v)) else {
        return Value::null(span);
    };
    let join = |texts: Vec<String>| match texts.as_slice() {
        [only] => format!("{symbol}{only}"),
        _ => texts.join(&format!(" {symbol} ")),
    };
    let shown: Str = join(operands.iter().map(|v| shown(v)).collect()).into();
    let ids: Option<Vec<String>> = operands.iter().map(|v| identity::of(v).map(|id| id.to_string())).collect();
    let unknown = match ids {
        Some(ids) => Unknown::identified(cause.reason, identity::shorten(join(ids)), shown, cause.message.clone(), cause.span),
        None => Unknown::new(cause.reason, shown, cause.message.clone(), cause.span),
    };
    Value::unknown(unknown.never_null(), span)
}

fn shown(value: &Value) -> String {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.shown.to_string(),
        Kind::Attr(attr) => attr.shown.to_string(),
        Kind::Text(text) => format!("\"{text}\""),
        _ => value.to_string(),
    }
}
