//! Roles and their policies: which policies apply to a role, whatever construct attaches them, and what they let it do.
//!
//! Attachments are indexed once by the role's name; one whose role is not known is kept aside and counts as a gap for every role
//! that it could be meant for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::Graph;
use super::role_policies;
use crate::iam::{self, Gap, Grant, Need, PolicySet, ResourceSet};
use crate::model::iam::{
    ExclusiveAttachments, ExclusivePolicies, ManagedPolicy, Policy, PolicyAttachment, Role, RolePolicy, RolePolicyAttachment, reference,
};
use crate::model::{Entity, items, names};
use crate::source::Span;
use crate::text::{self, Answer};
use crate::unit::{Mode, Resource};
use crate::value::{Guard, Kind, Part, ResourceId, Str, Text, Value, format_smolstr};

/// What a construct gives to a role.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// An inline document.
    Document {
        /// For messages.
        label: String,
        /// Its name, for the resources that list all that may be there.
        name: Value,
        /// The document.
        document: Value,
    },
    /// A managed policy by its ARN.
    Managed(Value),
    /// Something unknown: why.
    Open(String),
}

/// One policy of a role.
#[derive(Clone, Debug)]
pub(super) struct Attachment {
    pub(super) content: Content,
    /// Where it is written.
    pub(super) span: Span,
    /// When it is there.
    pub(super) guard: Guard,
}

/// Everything else is removed from the role.
#[derive(Clone, Debug)]
pub(super) struct Exclusive {
    /// For messages.
    pub(super) address: Str,
    /// The names (inline policies) or ARNs (managed ones) that may stay.
    pub(super) keeps: Vec<Text>,
    /// Whether these are inline policies.
    pub(super) inline: bool,
}

/// Where more roles than this have the same name, as they seem to, where it is not known, it is open which of them is meant.
const MAX_SAME_NAME: usize = 64;

/// How many gaps are told of one role.
const MAX_GAPS: usize = 64;

/// The roles of a unit and what is attached to them.
#[derive(Debug, Default)]
pub struct Roles {
    by_name: HashMap<Str, Vec<ResourceId>>,
    pub(super) policies_by_arn: HashMap<Str, ResourceId>,
    pub(super) policies_by_name: HashMap<Str, ResourceId>,
    attached: HashMap<ResourceId, Vec<Attachment>>,
    exclusive: HashMap<ResourceId, Vec<Exclusive>>,
    /// Attachments to a role whose name is known, and is that of no role of the unit.
    elsewhere: HashMap<Str, Vec<Attachment>>,
    /// Attachments to a role whose name is not fully known.
    loose: Vec<(Text, Attachment)>,
    /// What cannot be seen into, by the role that it is given.
    opaque: HashMap<ResourceId, Vec<usize>>,
    sets: Mutex<HashMap<ResourceId, Arc<PolicySet>>>,
}

/// The role that something runs as.
#[derive(Clone, Debug, PartialEq)]
pub enum RoleRef {
    /// A role of this unit.
    Unit(ResourceId),
    /// Another one: why it is not known, and where it is named.
    Outside(String, Span),
}

/// Whether a role lets a service assume it.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    /// Yes, no, or not known.
    pub answer: Answer,
    /// The trust policy.
    pub span: Span,
    /// Why it is not known, where it is not.
    pub reason: String,
    /// The service principals that it does name.
    pub services: Vec<Str>,
}

impl Roles {
    pub(super) fn new(graph: &Graph<'_>) -> Roles {
        let mut roles = Roles::default();
        for resource in graph.of_kinds(Role::KINDS) {
            let path = if is_template(resource) { "Ref" } else { "name" };
            if let Some(key) = names::key(&graph.names.attribute(resource.id, path)) {
                roles.by_name.entry(key).or_default().push(resource.id);
            }
        }
        for resource in graph.of_kinds(ManagedPolicy::KINDS) {
            let (arn, name) = if is_template(resource) { ("Ref", "ManagedPolicyName") } else { ("arn", "name") };
            if let Some(key) = names::key(&graph.names.attribute(resource.id, arn)) {
                roles.policies_by_arn.insert(key, resource.id);
            }
            if let Some(key) = resource.attribute(name).and_then(|v| names::key(&graph.names.text(v)?)) {
                roles.policies_by_name.insert(key, resource.id);
            }
        }
        for (index, opaque) in graph.unit.opaque.iter().enumerate() {
            for id in &opaque.references {
                roles.opaque.entry(*id).or_default().push(index);
            }
        }
        roles.collect(graph);
        roles
    }

    /// Every construct that gives a role a policy, but for those inside the role itself.
    fn collect(&mut self, graph: &Graph<'_>) {
        for policy in graph.all::<RolePolicy>() {
            let label = format!("inline policy `{}`", graph.resource(policy.id).address);
            let content = Content::Document { label, name: policy.name, document: policy.policy };
            self.attach(graph, policy.id, &policy.role, content);
        }
        for policy in graph.all::<Policy>() {
            let label = format!("inline policy `{}`", graph.resource(policy.id).address);
            let content = Content::Document { label, name: policy.name, document: policy.policy };
            self.attach_all(graph, policy.id, &policy.roles, &content);
        }
        for policy in graph.all::<ManagedPolicy>().into_iter().filter(|p| !p.roles.is_null()) {
            let label = format!("policy `{}`", graph.resource(policy.id).address);
            let content = Content::Document { label, name: Value::null(Span::NONE), document: policy.policy };
            self.attach_all(graph, policy.id, &policy.roles, &content);
        }
        for attachment in graph.all::<RolePolicyAttachment>() {
            self.attach(graph, attachment.id, &attachment.role, Content::Managed(attachment.policy_arn));
        }
        for attachment in graph.all::<PolicyAttachment>() {
            self.attach_all(graph, attachment.id, &attachment.roles, &Content::Managed(attachment.policy_arn));
        }
        self.collect_exclusive(graph);
    }

    /// Resources that say all that a role has: they attach what is listed, and take away what is not.
    fn collect_exclusive(&mut self, graph: &Graph<'_>) {
        for all in graph.all::<ExclusiveAttachments>() {
            let (arns, open) = items(&all.policy_arns);
            for arn in &arns {
                self.attach(graph, all.id, &all.role, Content::Managed(arn.clone()));
            }
            match open {
                Some(reason) => self.attach(graph, all.id, &all.role, Content::Open(reason)),
                None => self.keep(graph, all.id, &all.role, &arns, false),
            }
        }
        for all in graph.all::<ExclusivePolicies>() {
            let (names, open) = items(&all.policy_names);
            if open.is_none() {
                self.keep(graph, all.id, &all.role, &names, true);
            }
        }
    }

    fn keep(&mut self, graph: &Graph<'_>, id: ResourceId, role: &Value, keeps: &[Value], inline: bool) {
        let keeps: Vec<Text> = keeps.iter().filter_map(|v| graph.names.text(v)).collect();
        let address = graph.resource(id).address.clone();
        match self.find(graph, role) {
            Ok(roles) => {
                for role in roles {
                    let exclusive = Exclusive { address: address.clone(), keeps: keeps.clone(), inline };
                    self.exclusive.entry(role).or_default().push(exclusive);
                }
            }
            Err(text) if self.is_crowded(&text) => {
                let content = Content::Open(format!("`{address}` says all that one of them has"));
                self.loose.extend(attachment(graph, id, content, &Guard::always()).map(|attachment| (text, attachment)));
            }
            Err(_) => {}
        }
    }

    fn attach_all(&mut self, graph: &Graph<'_>, id: ResourceId, roles: &Value, content: &Content) {
        for (guard, list) in roles.alternatives() {
            let (names, open) = items(&list);
            for name in &names {
                self.attach_under(graph, id, name, content, &guard);
            }
            if open.is_some() {
                let unknown = Value::new(list.kind.clone(), list.span);
                let text = unknown.to_text().unwrap_or_else(|| any_text(&unknown));
                if let Some(attachment) = attachment(graph, id, content.clone(), &guard) {
                    self.loose.push((text, attachment));
                }
            }
        }
    }

    fn attach(&mut self, graph: &Graph<'_>, id: ResourceId, role: &Value, content: Content) {
        self.attach_under(graph, id, role, &content, &Guard::always());
    }

    fn attach_under(&mut self, graph: &Graph<'_>, id: ResourceId, role: &Value, content: &Content, guard: &Guard) {
        for (inner, role) in role.alternatives() {
            let Some(attachment) = guard.and(&inner).and_then(|g| attachment(graph, id, content.clone(), &g)) else { continue };
            match self.find(graph, &role) {
                Err(text) if self.is_crowded(&text) => self.loose.push((text, attachment)),
                Ok(ids) => ids.into_iter().for_each(|id| self.attached.entry(id).or_default().push(attachment.clone())),
                Err(text) => match text.as_known() {
                    Some(name) => self.elsewhere.entry(name.into()).or_default().push(attachment),
                    None => self.loose.push((text, attachment)),
                },
            }
        }
    }

    /// The roles of the unit that a name or ARN means, or the name that means none of them.
    fn find(&self, graph: &Graph<'_>, role: &Value) -> Result<Vec<ResourceId>, Text> {
        if let Some((id, _)) = reference(role)
            && is_role(graph.resource(id))
        {
            return Ok(vec![id]);
        }
        let text = graph.names.text(role).map_or_else(|| any_text(role), |t| role_name(&t));
        match names::key(&text).and_then(|key| self.by_name.get(&key)) {
            Some(ids) if ids.len() <= MAX_SAME_NAME => Ok(ids.clone()),
            _ => Err(text),
        }
    }

    /// Whether so many roles have that name that none of them is taken for the one that is meant.
    fn is_crowded(&self, name: &Text) -> bool {
        names::key(name).and_then(|key| self.by_name.get(&key)).is_some_and(|ids| ids.len() > MAX_SAME_NAME)
    }

    /// What is attached to a role from outside of it.
    pub(super) fn attachments(&self, graph: &Graph<'_>, role: &Resource) -> (Vec<Attachment>, Vec<Gap>) {
        let out = self.attached.get(&role.id).cloned().unwrap_or_default();
        let name = graph.names.attribute(role.id, if is_template(role) { "Ref" } else { "name" });
        let mut gaps = Vec::new();
        for (text, attachment) in &self.loose {
            if text::same(&name, text) != Answer::No {
                let to = match self.is_crowded(text) {
                    true => format!("to one of the more than {MAX_SAME_NAME} roles named `{text:#}`"),
                    false => format!("to a role whose name is not known (`{text:#}`)"),
                };
                let gap = may_attach(attachment, &to);
                // So many that hold under conditions are as good as one that holds always.
                let many = gaps.len() + 1 == MAX_GAPS;
                let guard = if many { Guard::always() } else { gap.guard };
                gaps.push(Gap { guard, ..gap });
                if many || attachment.guard.is_always() {
                    break;
                }
            }
        }
        // A name that AWS makes up equals no literal; one with an unknown in it may equal any.
        let unknown = name.holes().is_some_and(|parts| parts.iter().any(|p| matches!(p, Part::Unknown(_))));
        if unknown {
            let mut named: Vec<(&Str, &Vec<Attachment>)> = self.elsewhere.iter().collect();
            named.sort_by_key(|(name, _)| *name);
            for (literal, attachments) in named {
                if text::same(&name, &Text::literal(literal.clone())) != Answer::No {
                    gaps.extend(attachments.iter().map(|a| may_attach(a, &format!("to a role named `{literal}`, which may be this one"))));
                }
            }
        }
        (out, gaps)
    }

    /// What is given the role and cannot be seen into, as indexes into the unit's list.
    pub(super) fn opaque(&self, role: ResourceId) -> &[usize] {
        self.opaque.get(&role).map_or(&[], Vec::as_slice)
    }

    pub(super) fn exclusive(&self, role: ResourceId) -> &[Exclusive] {
        self.exclusive.get(&role).map_or(&[], Vec::as_slice)
    }
}

fn may_attach(attachment: &Attachment, to: &str) -> Gap {
    let what = match &attachment.content {
        Content::Document { label, .. } => label.clone(),
        Content::Managed(arn) => format!("policy `{arn:#}`"),
        Content::Open(_) => "a policy".to_owned(),
    };
    Gap { reason: format!("{what} is attached {to}"), span: attachment.span, guard: attachment.guard.clone() }
}

fn attachment(graph: &Graph<'_>, id: ResourceId, content: Content, guard: &Guard) -> Option<Attachment> {
    let resource = graph.resource(id);
    Some(Attachment { content, span: resource.name_span, guard: guard.and(&presence(resource))? })
}

fn any_text(value: &Value) -> Text {
    match value.to_text() {
        Some(text) => text,
        None => {
            let shown = format_smolstr!("{value}");
            let unknown = crate::value::Unknown::new(crate::value::Reason::Computed, shown, "not known", value.span);
            Text::from_parts([Part::Unknown(unknown)])
        }
    }
}

/// When a resource exists, the emptiness of an unknown collection counting as a condition: what is made for each element of one
/// collection exists together.
pub fn presence(resource: &Resource) -> Guard {
    match &resource.symbolic {
        None => resource.presence.clone(),
        Some(collection) => {
            let term = Guard::when(format_smolstr!("{}{collection}", iam::evaluate::COLLECTION), true);
            resource.presence.and(&term).unwrap_or(term)
        }
    }
}

pub(super) fn is_template(resource: &Resource) -> bool {
    resource.kind.contains("::")
}

fn is_role(resource: &Resource) -> bool {
    resource.mode == Mode::Managed && Role::KINDS.contains(&resource.kind.as_str())
}

/// The name in a role's ARN (its last segment, whatever the path), or the text itself.
fn role_name(text: &Text) -> Text {
    if !text::contains(text, ":role/") {
        return text.clone();
    }
    text::split_literal(text, '/', usize::MAX).pop().unwrap_or_else(|| text.clone())
}

impl Graph<'_> {
    /// The roles that a value may mean (an ARN or a name), each with the condition under which it is that one.
    pub fn roles_of(&self, value: &Value) -> Vec<(Guard, RoleRef)> {
        let one = |value: &Value| match (&value.kind, self.roles().find(self, value)) {
            (_, Ok(ids)) if !ids.is_empty() => ids.into_iter().map(RoleRef::Unit).collect(),
            (Kind::Null, _) => vec![RoleRef::Outside("no role is set".to_owned(), value.span)],
            (Kind::Unknown(unknown), _) => vec![RoleRef::Outside(unknown.message.to_string(), unknown.span.or(value.span))],
            (_, Ok(_)) => Vec::new(),
            (_, Err(name)) if self.roles().is_crowded(&name) => {
                let message = format!("more than {MAX_SAME_NAME} roles are named `{name:#}`: which of them is meant is not known");
                vec![RoleRef::Outside(message, value.span)]
            }
            (_, Err(name)) => vec![RoleRef::Outside(self.outside(value, &name), value.span)],
        };
        value.alternatives().iter().flat_map(|(guard, v)| one(v).into_iter().map(move |r| (guard.clone(), r))).collect()
    }

    fn outside(&self, value: &Value, name: &Text) -> String {
        match reference(value).map(|(id, _)| self.resource(id)) {
            Some(data) if data.mode == Mode::Data => {
                format!("the role is read by `data.{}`, not declared here", data.address.trim_start_matches("data."))
            }
            _ => match name.holes().and_then(|parts| parts.iter().find_map(|p| if let Part::Unknown(u) = p { Some(u) } else { None })) {
                Some(unknown) => unknown.message.to_string(),
                None => format!("the role `{name:#}` is not declared here"),
            },
        }
    }

    /// The policies that apply to a role of the unit.
    pub fn policies_of(&self, role: ResourceId) -> Arc<PolicySet> {
        let roles = self.roles();
        if let Some(set) = roles.sets.lock().unwrap_or_else(|e| e.into_inner()).get(&role) {
            return set.clone();
        }
        let set = Arc::new(role_policies::collect(self, roles, self.resource(role)));
        roles.sets.lock().unwrap_or_else(|e| e.into_inner()).insert(role, set.clone());
        set
    }

    /// Which of the calls a role of the unit may not make, where the caller exists under `context`, and nothing that is called has a
    /// policy of its own.
    pub fn missing_actions(&self, role: ResourceId, needs: &[Need], context: &Guard) -> Grant {
        self.refused(role, &ResourceSet::default(), needs, context)
    }

    /// Which of the calls on something with these policies a role of the unit may not make, where the caller exists under `context`.
    pub fn refused(&self, role: ResourceId, on: &ResourceSet, needs: &[Need], context: &Guard) -> Grant {
        match context.and(&presence(self.resource(role))) {
            // Caller and role never exist together.
            None => Grant::Granted,
            Some(context) => iam::missing(&self.policies_of(role), on, needs, &context),
        }
    }

    /// Whether a role of the unit lets a service assume it: `lambda.amazonaws.com`.
    pub fn trusts(&self, role: ResourceId, service: &str) -> Trust {
        role_policies::trusts(self, self.resource(role), service)
    }
}
