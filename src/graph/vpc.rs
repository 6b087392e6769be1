//! Whether a function is in a VPC.

use super::Graph;
use super::roles::presence;
use crate::gap::Gap;
use crate::model::items;
use crate::model::lambda::Function;
use crate::model::read;
use crate::source::Span;
use crate::value::{Guard, Kind, Value};

/// A function's VPC configuration, in one of the cases that its conditions leave.
#[derive(Clone, Debug)]
pub struct VpcCase {
    /// When this is the case, the existence of the function included.
    pub guard: Guard,
    /// What is the case.
    pub attachment: Attached,
    /// The configuration, or the function's header where there is none.
    pub span: Span,
    /// Its list of subnets; null where there is none.
    pub subnets: Value,
    /// Its list of security groups; null where there is none.
    pub groups: Value,
}

/// In a VPC or not.
#[derive(Clone, Debug)]
pub enum Attached {
    /// Not in one: no configuration, or empty lists.
    No,
    /// In one.
    Yes {
        /// The subnets that are known.
        subnets: Vec<Value>,
        /// The security groups that are known.
        groups: Vec<Value>,
    },
    /// Cannot be told: why.
    Unknown(Gap),
}

impl Graph<'_> {
    /// Each case of a function's VPC configuration. A function is in a VPC where its lists are not both empty; a function of
    /// a capacity provider never is: its interfaces belong to the provider.
    pub fn vpc_cases(&self, function: &Function) -> Vec<VpcCase> {
        let resource = self.resource(function.id);
        let exists = presence(resource);
        let span = self.place(function.id, &function.vpc_config);
        if !function.capacity_provider.is_null() && function.capacity_provider.as_list().is_none_or(|l| !l.items.is_empty()) {
            let (subnets, groups) = (Value::null(span), Value::null(span));
            return vec![VpcCase { guard: exists, attachment: Attached::No, span, subnets, groups }];
        }
        let mut out = Vec::new();
        for (guard, config) in blocks(&function.vpc_config) {
            let Some(guard) = exists.and(&guard) else { continue };
            let at = config.span.or(span);
            lists(&config, resource.kind.contains("::"), |inner, attachment, subnets, groups| {
                if let Some(guard) = guard.and(&inner) {
                    out.push(VpcCase { guard, attachment, span: at, subnets: subnets.clone(), groups: groups.clone() });
                }
            });
        }
        out
    }
}

/// The configuration itself: Terraform's is a list of one block, which may hold choices again.
fn blocks(config: &Value) -> Vec<(Guard, Value)> {
    let mut out = Vec::new();
    for (outer, value) in config.alternatives() {
        let Some(list) = value.as_list() else {
            out.push((outer, value));
            continue;
        };
        match (list.items.first(), &list.open) {
            (Some(first), None) => {
                out.extend(first.alternatives().into_iter().filter_map(|(inner, block)| Some((outer.and(&inner)?, block))));
            }
            (None, None) => out.push((outer, Value::null(value.span))),
            (_, Some(unknown)) => out.push((outer, Value::unknown(unknown.clone(), value.span))),
        }
    }
    out
}

fn lists(config: &Value, template: bool, mut case: impl FnMut(Guard, Attached, &Value, &Value)) {
    let none = Value::null(config.span);
    let (subnets, groups) = if template { ("SubnetIds", "SecurityGroupIds") } else { ("subnet_ids", "security_group_ids") };
    match &config.kind {
        Kind::Null => case(Guard::always(), Attached::No, &none, &none),
        Kind::Map(_) => {
            for (left, subnets) in read(config, subnets).alternatives() {
                for (right, groups) in read(config, groups).alternatives() {
                    if let Some(guard) = left.and(&right) {
                        case(guard, attached(&subnets, &groups), &subnets, &groups);
                    }
                }
            }
        }
        _ => case(Guard::always(), Attached::Unknown(unknown_config(config)), &none, &none),
    }
}

fn unknown_config(value: &Value) -> Gap {
    let gap = Gap::of_or(value, || "it is no map".to_owned());
    Gap::new(format!("the VPC configuration is not known: {}", gap.reason), gap.cause)
}

fn attached(subnets: &Value, groups: &Value) -> Attached {
    let ((known_subnets, some_subnets), (known_groups, some_groups)) = (ids(subnets), ids(groups));
    match (some_subnets, some_groups) {
        (Some(true), _) | (_, Some(true)) => Attached::Yes { subnets: known_subnets, groups: known_groups },
        (Some(false), Some(false)) => Attached::No,
        _ => {
            let gap = Gap::of(if some_subnets.is_none() { subnets } else { groups });
            let reason = format!("whether the lists of its VPC configuration are empty is not known: {}", gap.reason);
            Attached::Unknown(Gap::new(reason, gap.cause))
        }
    }
}

/// Whether a list has items; `None` where that is not known.
pub fn filled(list: &Value) -> Option<bool> {
    ids(list).1
}

/// The items of a list, and whether there are any. A lone reference may be to a list of any length.
fn ids(list: &Value) -> (Vec<Value>, Option<bool>) {
    if matches!(list.kind, Kind::Attr(_)) {
        return (Vec::new(), None);
    }
    let (mut items, open) = items(list);
    // The list of a parameter that is empty has one item, the empty text, which is no id.
    items.retain(|item| item.as_str() != Some(""));
    let sure = items.iter().any(|i| !matches!(i.kind, Kind::Choice(_) | Kind::Null));
    match (sure, items.is_empty() && open.is_none()) {
        (true, _) => (items, Some(true)),
        (false, true) => (items, Some(false)),
        (false, false) => (items, None),
    }
}
