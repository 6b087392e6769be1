//! The documents behind a role: inline, attached, bounding, and its trust policy.

use std::sync::Arc;

use super::Graph;
use super::roles::{Attachment, Content, Exclusive, Roles, Trust, is_template};
use crate::iam::managed::{self, Lookup};
use crate::iam::matching::{World, arn_glob};
use crate::iam::{Boundary, Caller, Effect, Gap, Need, Origin, Policy, PolicySet, Principal, Request, Side, Source, Sourced, speak};
use crate::model::iam::{ManagedPolicy, Role, reference};
use crate::model::{Entity, items, names, read};
use crate::source::Span;
use crate::text::{self, Answer};
use crate::unit::{Mode, Resource};
use crate::value::{Guard, Hole, Kind, Part, Pseudo, Str, Text, Value};

/// Everything that decides what a role may do.
pub(super) fn collect(graph: &Graph<'_>, roles: &Roles, resource: &Resource) -> PolicySet {
    let role = Role::read(resource);
    let arn = graph.names.attribute(resource.id, if is_template(resource) { "Arn" } else { "arn" });
    let set = PolicySet { origin: origin(graph, resource, Principal::Role(arn)), ..PolicySet::default() };
    let mut set = Collector { graph, roles, exclusive: roles.exclusive(resource.id), set };
    set.inline(&role);
    set.listed(&role.managed);
    let (attachments, gaps) = roles.attachments(graph, resource);
    for attachment in &attachments {
        set.attachment(attachment);
    }
    set.set.gaps.extend(gaps);
    set.opaque(resource);
    set.set.boundary = boundary(graph, roles, &role.boundary);
    set.set
}

fn origin(graph: &Graph<'_>, role: &Resource, principal: Principal) -> Origin {
    let account = graph.names.account().clone();
    Origin { principal, region: graph.names.region(role), source: Source::in_account(account.clone()), account }
}

struct Collector<'a, 'u> {
    graph: &'a Graph<'u>,
    roles: &'a Roles,
    exclusive: &'a [Exclusive],
    set: PolicySet,
}

impl Collector<'_, '_> {
    fn gap(&mut self, reason: String, span: Span, guard: &Guard) {
        self.set.gaps.push(Gap { reason, span, guard: guard.clone() });
    }

    /// The branches of a choice; that one of them holds is noted.
    fn branches(&mut self, value: &Value) -> Vec<(Guard, Value)> {
        let branches = value.alternatives();
        if branches.len() > 1 {
            self.set.choices.push(branches.iter().map(|(g, _)| g.clone()).collect());
        }
        branches
    }

    /// `Policies` or `inline_policy` blocks. A block without a policy only says that there are no others.
    fn inline(&mut self, role: &Role) {
        for (outer, list) in self.branches(&role.inline) {
            let (policies, open) = items(&list);
            if let Some(reason) = open {
                self.gap(format!("the inline policies of the role are not known: {reason}"), list.span, &outer);
            }
            for policy in &policies {
                for (guard, policy) in self.branches(policy) {
                    let Some(guard) = outer.and(&guard) else { continue };
                    self.inline_policy(&policy, &guard);
                }
            }
        }
    }

    fn inline_policy(&mut self, policy: &Value, guard: &Guard) {
        match &policy.kind {
            Kind::Null => {}
            Kind::Map(_) => {
                let either = |cfn: &str, tf: &str| match read(policy, cfn) {
                    unset if unset.is_null() => read(policy, tf),
                    value => value,
                };
                let (name, document) = (either("PolicyName", "name"), either("PolicyDocument", "policy"));
                let label = match name.to_text() {
                    Some(name) => format!("inline policy `{name:#}`"),
                    None => "an inline policy".to_owned(),
                };
                let span = policy.span;
                self.attachment(&Attachment { content: Content::Document { label, name, document }, span, guard: guard.clone() });
            }
            _ => {
                let reason = policy.first_unknown().map_or_else(|| "it is no map".to_owned(), |hole| hole.message());
                self.gap(format!("an inline policy of the role is not known: {reason}"), policy.span, guard);
            }
        }
    }

    /// `ManagedPolicyArns`.
    fn listed(&mut self, arns: &Value) {
        for (outer, list) in self.branches(arns) {
            let (arns, open) = items(&list);
            if let Some(reason) = open {
                self.gap(format!("the managed policies of the role are not known: {reason}"), list.span, &outer);
            }
            for arn in &arns {
                let span = arn.span;
                self.attachment(&Attachment { content: Content::Managed(arn.clone()), span, guard: outer.clone() });
            }
        }
    }

    fn attachment(&mut self, attachment: &Attachment) {
        if let Some(remover) = self.removed(&attachment.content) {
            let reason = format!("`{remover}` removes a policy of the role that is attached here");
            self.gap(reason, attachment.span, &attachment.guard);
            return;
        }
        match &attachment.content {
            Content::Document { label, document, .. } => {
                let policy = self::document(self.graph, self.roles, document, Follow::Data);
                let (label, span, guard) = (label.clone(), attachment.span, attachment.guard.clone());
                self.set.policies.push(Sourced { label, span, guard, applies: Answer::Yes, policy });
            }
            Content::Open(reason) => {
                self.gap(format!("the policies of the role are not known: {reason}"), attachment.span, &attachment.guard)
            }
            Content::Managed(arn) => {
                for (guard, arn) in self.branches(arn) {
                    let Some(guard) = attachment.guard.and(&guard) else { continue };
                    let span = attachment.span.or(arn.span);
                    match managed_policy(self.graph, self.roles, &arn) {
                        Managed::None => {}
                        Managed::Known(label, policy) => {
                            self.set.policies.push(Sourced { label, span, guard, applies: Answer::Yes, policy })
                        }
                        Managed::Unknown(reason) => self.gap(reason, span, &guard),
                    }
                }
            }
        }
    }

    /// The exclusive resource that does not list a policy for sure, and so takes it away.
    fn removed(&self, content: &Content) -> Option<Str> {
        let (value, inline) = match content {
            Content::Document { name, .. } => (name, true),
            Content::Managed(arn) => (arn, false),
            Content::Open(_) => return None,
        };
        let text = self.graph.names.text(value)?;
        let removes = |e: &&Exclusive| e.inline == inline && e.keeps.iter().all(|k| text::same(k, &text) == Answer::No);
        self.exclusive.iter().find(removes).map(|e| e.address.clone())
    }

    /// What cannot be seen into and knows the role may attach anything to it.
    fn opaque(&mut self, role: &Resource) {
        let given = self.roles.opaque(role.id).iter().filter_map(|i| self.graph.unit.opaque.get(*i));
        let macros = self.graph.unit.opaque.iter().filter(|o| o.arguments.is_null());
        let known = given.map(|o| (o, "is given the role and may attach policies to it")).chain(macros.map(|o| (o, "may change the role")));
        if let Some((opaque, what)) = known.into_iter().next() {
            let reason = format!("`{}` ({}) cannot be seen into and {what}", opaque.address, opaque.source);
            self.set.gaps.push(Gap::new(reason, opaque.span));
        }
    }
}

/// The document of a value, references in it made canonical.
fn parse(graph: &Graph<'_>, document: &Value) -> Policy {
    Policy::parse(document, &|text| graph.names.canonical(text))
}

/// Whether documents are followed to the policies that `data.aws_iam_policy` reads: once, since two may read each other.
#[derive(Clone, Copy, PartialEq)]
enum Follow {
    Data,
    Nothing,
}

/// [`parse`], and the document that `data.aws_iam_policy` reads of a policy that is known.
fn document(graph: &Graph<'_>, roles: &Roles, value: &Value, follow: Follow) -> Arc<Policy> {
    if follow == Follow::Data
        && let Some((id, path)) = reference(value)
        && let resource = graph.resource(id)
        && (resource.mode, resource.kind.as_str(), path.as_str()) == (Mode::Data, "aws_iam_policy", "policy")
    {
        return match data_policy(graph, roles, resource, Follow::Nothing) {
            Managed::Known(_, policy) => policy,
            Managed::Unknown(reason) => Arc::new(Policy::unknown(reason, value.span)),
            Managed::None => Arc::new(Policy::default()),
        };
    }
    Arc::new(parse(graph, value))
}

enum Managed {
    None,
    Known(String, Arc<Policy>),
    Unknown(String),
}

/// The document of a managed policy: the customer's, where the unit declares it, or one of AWS.
fn managed_policy(graph: &Graph<'_>, roles: &Roles, arn: &Value) -> Managed {
    if arn.is_null() {
        return Managed::None;
    }
    if let Some((id, _)) = reference(arn) {
        let resource = graph.resource(id);
        match (resource.mode, resource.kind.as_str()) {
            (Mode::Managed, kind) if ManagedPolicy::KINDS.contains(&kind) => return customer(graph, roles, resource, Follow::Data),
            (Mode::Data, "aws_iam_policy") => return data_policy(graph, roles, resource, Follow::Data),
            _ => {}
        }
    }
    if let Kind::Unknown(unknown) = &arn.kind {
        return Managed::Unknown(format!("a policy attached to the role is not known: {}", unknown.message));
    }
    let Some(text) = graph.names.text(arn) else {
        return Managed::Unknown("what is attached to the role is no policy ARN".to_owned());
    };
    match managed::by_arn(&text) {
        Lookup::Known(name, policy) => Managed::Known(format!("AWS managed policy `{name}`"), policy),
        Lookup::NotEmbedded(name) => Managed::Unknown(format!("the document of the AWS managed policy `{name}` is not known")),
        Lookup::Other => match declared(graph, roles, &text) {
            Some(policy) => customer(graph, roles, policy, Follow::Data),
            None => Managed::Unknown(match text.holes().and_then(|_| arn.first_unknown()) {
                Some(hole @ Hole::Unknown(_)) => format!("a policy attached to the role is not known: {}", hole.message()),
                _ => format!("the policy `{text:#}` is attached to the role and not declared here"),
            }),
        },
    }
}

/// The unit's policy of an ARN; what the ARN spells out where the unit leaves it to the deploy (partition, account) is taken to be
/// the unit's own.
fn declared<'u>(graph: &Graph<'u>, roles: &Roles, arn: &Text) -> Option<&'u Resource> {
    if let Some(id) = names::key(arn).and_then(|key| roles.policies_by_arn.get(&key)) {
        return Some(graph.resource(*id));
    }
    let name = text::split_literal(arn, '/', usize::MAX).pop()?;
    let policy = graph.resource(*roles.policies_by_name.get(&names::key(&name)?)?);
    let own = graph.names.attribute(policy.id, if is_template(policy) { "Ref" } else { "arn" });
    (arn_glob(arn, &own) == Answer::Yes).then_some(policy)
}

fn customer(graph: &Graph<'_>, roles: &Roles, resource: &Resource, follow: Follow) -> Managed {
    let policy = ManagedPolicy::read(resource);
    Managed::Known(format!("policy `{}`", resource.address), document(graph, roles, &policy.policy, follow))
}

/// `data.aws_iam_policy` looks a policy up by its ARN or its name.
fn data_policy(graph: &Graph<'_>, roles: &Roles, resource: &Resource, follow: Follow) -> Managed {
    let unknown = || Managed::Unknown(format!("the policy that `{}` reads is not declared here", resource.address));
    let arn = read(&resource.attributes, "arn");
    if let Some(text) = graph.names.text(&arn).filter(|t| !t.is_empty())
        && reference(&arn).is_none_or(|(id, _)| id != resource.id)
    {
        return match managed::by_arn(&text) {
            Lookup::Known(name, policy) => Managed::Known(format!("AWS managed policy `{name}`"), policy),
            Lookup::NotEmbedded(name) => Managed::Unknown(format!("the document of the AWS managed policy `{name}` is not known")),
            Lookup::Other => match declared(graph, roles, &text) {
                Some(policy) => customer(graph, roles, policy, follow),
                None => unknown(),
            },
        };
    }
    let name = read(&resource.attributes, "name");
    let Some(key) = graph.names.text(&name).and_then(|t| names::key(&t)) else { return unknown() };
    match (roles.policies_by_name.get(&key), managed::by_name(&key)) {
        (Some(id), _) => customer(graph, roles, graph.resource(*id), follow),
        (None, Some(policy)) => Managed::Known(format!("AWS managed policy `{key}`"), policy),
        (None, None) => unknown(),
    }
}

fn boundary(graph: &Graph<'_>, roles: &Roles, value: &Value) -> Boundary {
    let mut documents = Vec::new();
    for (guard, arn) in value.alternatives() {
        match managed_policy(graph, roles, &arn) {
            Managed::None => {}
            // The provider sends no empty text: it is no boundary.
            _ if graph.names.text(&arn).is_some_and(|text| text.is_empty()) => {}
            Managed::Known(label, policy) => documents.push(Sourced { label, span: arn.span, guard, applies: Answer::Yes, policy }),
            Managed::Unknown(_) => {
                let reason = format!("the permissions boundary `{arn:#}` of the role cannot be seen");
                return Boundary::Unknown(Gap { reason, span: arn.span, guard });
            }
        }
    }
    if documents.is_empty() { Boundary::None } else { Boundary::Known(documents) }
}

/// Whether a role's trust policy lets a service assume it.
pub(super) fn trusts(graph: &Graph<'_>, resource: &Resource, service: &str) -> Trust {
    let role = Role::read(resource);
    let span = graph.place(resource.id, &role.trust);
    let policy = Arc::new(parse(graph, &role.trust));
    let services = services(&policy);
    let label = format!("the trust policy of `{}`", resource.address);
    let source = Sourced { label, span, guard: Guard::always(), applies: Answer::Yes, policy };
    let origin = origin(graph, resource, Principal::Service(service.into()));
    let need = Need::on_everything("sts:AssumeRole", "sts", Caller::Lambda);
    let said = speak(&[source], &[], Side::Trust, &Request { origin: &origin, need: &need }, &World::default());
    let answer = said.allow.and(said.deny.not());
    let why = said.why_allow.or(said.why_deny).filter(|_| answer == Answer::Maybe);
    let mut trust = Trust { answer, span, reason: why.map(|gap| gap.reason).unwrap_or_default(), services };
    if trust.answer == Answer::No
        && let Some(opaque) = graph.unit.opaque.iter().find(|o| o.arguments.is_null())
    {
        trust.answer = Answer::Maybe;
        trust.reason = format!("`{}` ({}) cannot be seen into and may change the role", opaque.address, opaque.source);
    }
    trust
}

/// The services that a trust policy names.
fn services(policy: &Policy) -> Vec<Str> {
    let allowing = policy.statements.iter().filter(|s| s.effect != Effect::Deny && !s.principals.negated);
    let named = allowing.flat_map(|s| &s.principals.items).filter(|(kind, _)| kind == "Service");
    // Every partition has its principals under this suffix, China beside its own.
    let suffix = Part::Pseudo(Pseudo::UrlSuffix);
    let plain = |text: &Text| text.map_parts(|part| (*part == suffix).then(|| Text::literal("amazonaws.com")));
    named.filter_map(|(_, item)| plain(&item.text).as_known().map(Str::from)).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::options::ResolveOptions;
    use crate::workspace::Workspace;

    fn trust(document: &str) -> Trust {
        let workspace = Workspace::default();
        let template = format!(
            "Parameters: {{Service: {{Type: String}}}}\nResources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      \
             AssumeRolePolicyDocument: {document}\n"
        );
        workspace.sources.add("t.yaml", template);
        let unit = crate::cloudformation::resolve(Path::new("t.yaml"), &workspace);
        let graph = Graph::new(&unit, &ResolveOptions::default());
        graph.trusts(unit.resources[0].id, "lambda.amazonaws.com")
    }

    fn statement(principal: &str) -> String {
        format!("{{Statement: [{{Effect: Allow, Action: 'sts:AssumeRole', Principal: {principal}}}]}}")
    }

    #[test]
    fn who_may_assume_a_role() {
        let answer = |principal: &str| trust(&statement(principal)).answer;
        assert_eq!(answer("{Service: lambda.amazonaws.com}"), Answer::Yes);
        assert_eq!(answer("{Service: [edgelambda.amazonaws.com, lambda.amazonaws.com]}"), Answer::Yes);
        assert_eq!(answer("'*'"), Answer::Yes);
        assert_eq!(answer("{Service: apigateway.amazonaws.com}"), Answer::No);
        assert_eq!(answer("{AWS: 'arn:aws:iam::123456789012:root'}"), Answer::No);
        assert_eq!(answer("{Service: !Ref Service}"), Answer::Maybe);
        assert_eq!(answer("{Service: !Sub '${Service}.amazonaws.com'}"), Answer::Maybe);
        assert_eq!(trust(&statement("{Service: ec2.amazonaws.com}")).services, ["ec2.amazonaws.com"]);
        assert_eq!(trust("!Ref Service").answer, Answer::Maybe);
        let wrong = "{Statement: [{Effect: Allow, Action: 'sts:TagSession', Principal: {Service: lambda.amazonaws.com}}]}";
        assert_eq!(trust(wrong).answer, Answer::No);
    }
}
