//! Who acts as which role, what is attached to roles and what they may do, and whom function policies let in.

use super::super::Graph;
use super::super::network::each;
use super::super::role_uses::Used;
use super::super::roles::{Content, RoleRef};
use super::calls::function_node;
use super::{Asked, Edge, Flow, Need, NeedKind, Node, Relation, Relations};
use crate::finding::Label;
use crate::gap::Gap;
use crate::iam::policy::{Effect, Statement};
use crate::iam::{self, Caller, ResourceSet, Sourced};
use crate::model::Entity;
use crate::model::iam::Role;
use crate::text;
use crate::unit::{Mode, Resource};
use crate::value::{ResourceId, Text};

pub(super) fn add(graph: &Graph<'_>, relations: &mut Relations) {
    graph.role_uses().iter().for_each(|used| add_use(graph, used, relations));
    for role in graph.of_kinds(Role::KINDS) {
        add_attached(graph, role, relations);
        add_grants(graph, role, relations);
    }
    add_permissions(graph, relations);
}

fn add_use(graph: &Graph<'_>, used: &Used, relations: &mut Relations) {
    let resource = graph.resource(used.resource);
    for (guard, role) in graph.roles_of(&used.role) {
        let Some(guard) = resource.presence.and(&guard) else { continue };
        let (node, asked) = match role {
            RoleRef::Unit(id) => (Node::Resource(id), trusted(graph, id, used)),
            RoleRef::Outside(reason, cause) if used.role.first_unknown().is_some() => {
                relations.open(Node::Resource(used.resource), Gap::new(reason, cause));
                continue;
            }
            RoleRef::Outside(reason, cause) => (Node::Outside(used.role.to_string().into()), Asked::Unknown(Gap::new(reason, cause))),
        };
        let place = used.through.unwrap_or(used.role.span).or(resource.name_span);
        let what = format!("the role lets {} assume it", used.what.service);
        let need = Need::new(graph, NeedKind::Trust, used.resource, what, asked).at(place);
        // The role of a function at the edge is the function's, not the distribution's.
        let flow = if used.through.is_some() { Flow::No } else { Flow::Forward };
        let edge = Edge::new(Relation::RunsAs, guard)
            .detail(used.what.service)
            .shown_by(Label::new(place, format!("`{}` is given the role here", resource.address)))
            .needs(vec![need])
            .flow(flow);
        relations.add(Node::Resource(used.resource), node, edge);
    }
}

/// The regional principal does as well: where the plain one is not trusted, the rule says whether that is a fault.
fn trusted(graph: &Graph<'_>, role: ResourceId, used: &Used) -> Asked {
    match graph.role_trusts(role, used.what.service) {
        Asked::NotMet(why) if used.what.regional => {
            let regional = used.what.service.replacen('.', ".*.", 1);
            let trust = graph.trusts(role, used.what.service);
            match trust.services.iter().any(|s| text::glob_known(&regional, s)) {
                true => Asked::Met(trust.span),
                false => Asked::NotMet(why),
            }
        }
        asked => asked,
    }
}

fn add_attached(graph: &Graph<'_>, role: &Resource, relations: &mut Relations) {
    let (attachments, _) = graph.roles().attachments(graph, role);
    for attachment in attachments {
        let from = match &attachment.content {
            Content::Managed(arn) => match graph.referent(arn) {
                Some(policy) => Node::Resource(policy.id),
                None => Node::Outside(arn.to_string().into()),
            },
            Content::Document { .. } => continue,
            Content::Open(gap) => {
                relations.open(Node::Resource(role.id), Gap::new(gap.clone(), attachment.span));
                continue;
            }
        };
        let edge = Edge::new(Relation::Attached, attachment.guard.clone()).shown_by(Label::new(attachment.span, "attached here"));
        relations.add(from, Node::Resource(role.id), edge);
    }
    // What the role itself lists, in either language.
    for (guard, arn) in each(&Role::read(role).managed).items {
        let Some(guard) = role.presence.and(&guard) else { continue };
        let from = graph.referent(&arn).map_or_else(|| Node::Outside(arn.to_string().into()), |policy| Node::Resource(policy.id));
        let edge = Edge::new(Relation::Attached, guard).shown_by(Label::new(arn.span.or(role.name_span), "attached here"));
        relations.add(from, Node::Resource(role.id), edge);
    }
}

fn add_grants(graph: &Graph<'_>, role: &Resource, relations: &mut Relations) {
    let set = graph.policies_of(role.id);
    if let Some(gap) = set.gaps.first() {
        relations.open(Node::Resource(role.id), Gap::new(gap.reason.clone(), gap.span));
    }
    for sourced in &set.policies {
        for statement in sourced.policy.statements.iter().filter(|s| s.effect == Effect::Allow && !s.actions.negated) {
            add_statement(graph, role, sourced, statement, relations);
        }
    }
}

fn add_statement(graph: &Graph<'_>, role: &Resource, sourced: &Sourced, statement: &Statement, relations: &mut Relations) {
    let actions: Vec<String> = statement.actions.items.iter().map(|item| item.text.to_string()).collect();
    for item in &statement.resources.items {
        let guards = [&sourced.guard, &statement.guard, &item.guard];
        let Some(guard) = guards.into_iter().try_fold(role.presence.clone(), |all, one| all.and(one)) else { continue };
        let to = match item.text.as_known() {
            Some("*") => Node::Everything,
            _ => match owner(graph, &item.text) {
                Some(resource) => Node::Resource(resource.id),
                None => Node::Outside(item.text.to_string().into()),
            },
        };
        let place = statement.span.or(sourced.span).or(role.name_span);
        let mut edge = Edge::new(Relation::Grants, guard).detail(actions.join(", ")).shown_by(Label::new(place, sourced.label.clone()));
        if let Node::Resource(id) = to {
            let asked = allowed(graph, role, id, statement, &item.text, &edge.guard);
            let what = "the role's policies, with those of what is called, allow it";
            edge = edge.needs(vec![Need::new(graph, NeedKind::Allowed, role.id, what, asked).at(place)]);
        }
        relations.add(Node::Resource(role.id), to, edge);
    }
}

/// The resource that an ARN in a policy is of: `<arn>`, `<arn>/*`, `<arn>:*`.
fn owner<'g>(graph: &'g Graph<'_>, arn: &Text) -> Option<&'g Resource> {
    let stripped = ["/*", ":*", "*"].iter().find_map(|end| text::strip_suffix(arn, end));
    let bare = stripped.as_ref().unwrap_or(arn);
    let named = match bare.holes() {
        Some([crate::value::Part::Attr(attr)]) => Some(graph.resource(attr.resource)),
        _ => None,
    };
    named.filter(|r| r.mode == Mode::Managed).or_else(|| graph.owner_of_arn(arn)).or_else(|| graph.owner_of_arn(bare))
}

/// Whether the calls that a statement names one by one are allowed, all policies taken together: a Deny, a boundary and the policy of what
/// is called count. What a star stands for is not asked.
fn allowed(graph: &Graph<'_>, role: &Resource, on: ResourceId, statement: &Statement, arn: &Text, guard: &crate::value::Guard) -> Asked {
    let named: Option<Vec<&str>> = statement.actions.items.iter().map(|i| i.text.as_known().filter(|a| !a.contains(['*', '?']))).collect();
    let Some(named) = named.filter(|_| statement.conditions.is_empty() && statement.conditions_open.is_none()) else {
        return Asked::Nothing;
    };
    let arn =
        ["*"].iter().find_map(|end| text::strip_suffix(arn, end)).map_or_else(|| arn.clone(), |a| Text::concat([&a, &Text::literal("x")]));
    let groups: Vec<Vec<iam::Need>> = named.iter().map(|a| vec![iam::Need::on(*a, arn.clone(), Caller::Function)]).collect();
    let resource = graph.resource(on);
    let set = match resource.mode {
        Mode::Managed => graph.policies_on(resource),
        Mode::Data => std::sync::Arc::new(ResourceSet::default()),
    };
    let asked = groups.iter().map(|group| graph.allows_one_of(role.id, group, &set, guard));
    asked.fold(Asked::Met(statement.span), Asked::and)
}

fn add_permissions(graph: &Graph<'_>, relations: &mut Relations) {
    for grant in graph.permissions.all() {
        let Some(target) = &grant.target else { continue };
        let resource = graph.resource(grant.permission.id);
        for (inner, principal) in grant.permission.principal.alternatives() {
            let Some(guard) = grant.presence.and(&inner) else { continue };
            let from = match principal.as_str() {
                Some(name) if name.ends_with(".amazonaws.com") => Node::Service(name.into()),
                _ => Node::Outside(principal.to_string().into()),
            };
            let edge = Edge::new(Relation::Grants, guard)
                .detail(grant.permission.action.to_string())
                .by(resource.id)
                .shown_by(Label::new(resource.name_span, format!("permission `{}`", resource.address)))
                .flow(Flow::No);
            relations.add(from, function_node(graph, target), edge);
        }
    }
}
