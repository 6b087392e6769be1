//! Which statements of function policies let a caller call a target, and which is the nearest that does not.

use std::collections::HashMap;

use super::Graph;
use super::arn::Arn;
use super::functions::{FunctionRef, function_ref, has_unknown};
use super::roles::RoleRef;
use crate::gap::Gap;
use crate::iam::{Caller, Need, evaluate};
use crate::model::lambda::{Function, Permission};
use crate::model::{Entity, names, read};
use crate::source::Span;
use crate::text::{self, Answer};
use crate::unit::Mode;
use crate::value::{Guard, Hole, Kind, Part, Reason, ResourceId, Str, Text, Value};

/// Parts of a source ARN's path that are compared when looking for the nearest statement.
const MAX_PIECES: usize = 16;

/// A statement, with the function that it is attached to.
#[derive(Debug)]
pub struct Grant {
    /// The permission resource's fields.
    pub permission: Permission,
    /// The function, alias or version; `None` where that is unknown.
    pub target: Option<FunctionRef>,
    /// Whether the unknown that ends the function's name may hold a qualifier too.
    open_qualifier: bool,
    /// When it exists.
    pub presence: Guard,
}

/// A call that needs a permission.
#[derive(Debug)]
pub struct CallQuestion<'a> {
    /// What is called.
    pub target: &'a FunctionRef,
    /// Service principals, one of which the permission must name; `*` in one stands for a region.
    pub principals: &'a [&'a str],
    /// The ARNs that the service may present; a permission must match one of them to cover the call. None: any source ARN fits.
    pub sources: &'a [Text],
    /// When the call can happen.
    pub presence: &'a Guard,
    /// Resources on the caller's side (the API, its stage): whatever receives one of them could grant the call.
    pub caller: &'a [ResourceId],
}

/// Why a statement does not cover a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Misfit {
    /// It exists only under a condition.
    Condition,
    /// Its source ARN matches something else: the pattern.
    SourceArn(String),
    /// Another account must call: the account.
    SourceAccount(String),
    /// It carries a condition that this caller never meets: the field.
    ForeignCondition(&'static str),
    /// It is for another qualifier: what it is granted on.
    Qualifier(String),
    /// Another action: the action.
    Action(String),
    /// Another service: the principal.
    Principal(String),
    /// Another function: its name.
    Function(String),
}

/// The nearest statement that does not cover a call.
#[derive(Clone, Debug)]
pub struct Near {
    /// The permission.
    pub permission: ResourceId,
    /// The place of what does not fit.
    pub span: Span,
    /// Why it does not.
    pub misfit: Misfit,
}

/// The answer to a [`CallQuestion`].
#[derive(Clone, Debug)]
pub enum Coverage {
    /// This permission covers it.
    Covered(ResourceId),
    /// None does.
    Uncovered(Option<Near>),
    /// Cannot be told: why, and the place that would decide it.
    Unknown(String, Span),
}

/// Every permission of a unit, by the function that it is attached to.
#[derive(Debug, Default)]
pub struct Permissions {
    grants: Vec<Grant>,
    by_resource: HashMap<ResourceId, usize>,
    by_function: HashMap<Str, Vec<usize>>,
    /// Those whose function is unknown in part: each could be for any function.
    loose: Vec<usize>,
    /// Those that name no service: an account, a role, or something unknown.
    of_identities: Vec<usize>,
}

impl Permissions {
    /// Indexes the unit's permissions.
    pub(super) fn new(graph: &Graph<'_>) -> Self {
        let mut out = Permissions::default();
        for permission in graph.all::<Permission>() {
            let qualifier = graph.names.text(&permission.qualifier);
            let named = function_ref(&graph.names, &permission.function, graph.resource(permission.id));
            let target = named.map(|t| t.with_qualifier(qualifier));
            let index = out.grants.len();
            match target.as_ref().and_then(|t| names::key(&t.name)) {
                Some(key) => out.by_function.entry(key).or_default().push(index),
                None => out.loose.push(index),
            }
            if target.as_ref().is_some_and(|t| has_unknown(&t.name)) {
                out.loose.push(index);
            }
            let presence = graph.resource(permission.id).presence.clone();
            let open_qualifier = target
                .as_ref()
                .is_some_and(|t| t.qualifier.is_none() && matches!(t.name.holes().and_then(<[Part]>::last), Some(Part::Unknown(_))));
            out.by_resource.insert(permission.id, index);
            if !graph.names.text(&permission.principal).is_some_and(|p| text::contains(&p, ".amazonaws.com")) {
                out.of_identities.push(index);
            }
            out.grants.push(Grant { permission, target, open_qualifier, presence });
        }
        out
    }

    /// All statements.
    pub fn all(&self) -> &[Grant] {
        &self.grants
    }

    /// The statements that name no service, so that they may let a role in.
    pub fn of_identities(&self) -> impl Iterator<Item = &Grant> {
        self.of_identities.iter().map(|i| &self.grants[*i])
    }

    /// The statement of a permission resource.
    pub fn of(&self, permission: ResourceId) -> Option<&Grant> {
        self.by_resource.get(&permission).and_then(|index| self.grants.get(*index))
    }

    /// The statements that are, or could be, attached to a function of that name.
    fn candidates(&self, name: &Text) -> Vec<usize> {
        if has_unknown(name) {
            return (0..self.grants.len()).collect();
        }
        let exact = names::key(name).and_then(|k| self.by_function.get(&k)).into_iter().flatten().copied();
        let mut all: Vec<usize> = exact.chain(self.loose.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The other statements that are attached to the same function for sure.
    pub fn on_function_of<'a>(&'a self, grant: &'a Grant) -> impl Iterator<Item = &'a Grant> {
        let on = grant.target.as_ref().and_then(|t| names::key(&t.name)).and_then(|k| self.by_function.get(&k));
        on.into_iter().flatten().map(|i| &self.grants[*i]).filter(|g| g.permission.id != grant.permission.id)
    }
}

impl Graph<'_> {
    /// Whether a call is covered by a statement of the unit.
    pub fn coverage(&self, question: &CallQuestion<'_>) -> Coverage {
        let mut near: Option<(usize, Near)> = None;
        let mut open: Option<(String, Span)> = None;
        for index in self.permissions.candidates(&question.target.name) {
            let grant = &self.permissions.grants[index];
            match self.fit(grant, question) {
                Fit::Yes => return Coverage::Covered(grant.permission.id),
                Fit::Maybe(reason, span) => open = open.or(Some((reason, span))),
                Fit::No(misfit, span) => {
                    let away = match &misfit {
                        Misfit::SourceArn(_) => self.source_differs(&grant.permission, question),
                        Misfit::Qualifier(_) => self.qualifier_differs(grant, question),
                        _ => 0,
                    };
                    let kind = |m: &Misfit| (std::mem::discriminant(m) != std::mem::discriminant(&misfit)).then(|| m.clone());
                    let better = near.as_ref().is_none_or(|(least, n)| match kind(&n.misfit) {
                        Some(other) => misfit < other,
                        None => (away, &misfit) < (*least, &n.misfit),
                    });
                    if better {
                        near = Some((away, Near { permission: grant.permission.id, span, misfit }));
                    }
                }
            }
        }
        if let Some((reason, span)) = open.or_else(|| self.outside_grant(question)) {
            return Coverage::Unknown(reason, span);
        }
        Coverage::Uncovered(near.map(|(_, near)| near))
    }

    /// How many parts of a source ARN's path differ from what the caller presents, at the least.
    fn source_differs(&self, p: &Permission, question: &CallQuestion<'_>) -> usize {
        let Some(pattern) = self.names.text(&p.source_arn).and_then(|t| Arn::parse(&t)) else { return usize::MAX };
        let pieces = text::split_literal(pattern.resource(), '/', MAX_PIECES);
        let differing = |source: &Text| {
            let Some(source) = Arn::parse(source) else { return usize::MAX };
            let presented = text::split_literal(source.resource(), '/', MAX_PIECES);
            let unequal = pieces.iter().zip(&presented).filter(|(p, s)| text::glob(p, s) == Answer::No).count();
            unequal + usize::from(pieces.len() != presented.len()) + usize::from(pattern.service() != source.service())
        };
        question.sources.iter().map(differing).min().unwrap_or_default()
    }

    /// How far a statement for another alias is from the call: one whose alias differs in case only, or whose source ARN fits, was
    /// meant for it.
    fn qualifier_differs(&self, grant: &Grant, question: &CallQuestion<'_>) -> usize {
        let qualifier = |target: &FunctionRef| target.qualifier.as_ref().map(|q| q.to_string().to_lowercase());
        let other = usize::from(grant.target.as_ref().and_then(qualifier) != qualifier(question.target));
        let elsewhere = if self.source_fits(&grant.permission, question) == Answer::No { 2 } else { 0 };
        other + elsewhere
    }

    /// A statement that covers some of a call's methods, as the nearest to covering it.
    pub(super) fn too_narrow(&self, permission: ResourceId) -> Option<Near> {
        let p = &self.permissions.of(permission)?.permission;
        let span = self.place(p.id, &p.source_arn);
        Some(Near { permission, span, misfit: Misfit::SourceArn(p.source_arn.words()) })
    }

    fn fit(&self, grant: &Grant, question: &CallQuestion<'_>) -> Fit {
        let p = &grant.permission;
        let place = |v: &Value| self.place(p.id, v);
        let Some(target) = &grant.target else {
            return match self.principal_fits(p, question) {
                Answer::No => Fit::No(Misfit::Function(String::new()), place(&p.function)),
                _ => Fit::Maybe(self.why_unknown(p.id, "the function of", &p.function), place(&p.function)),
            };
        };
        let named = text::same(&target.name, &question.target.name);
        let beside = self.functions.same_place(target, question.target);
        let function = named.and(beside);
        if function == Answer::No {
            // One of the same name elsewhere is told by its ARN.
            let shown = if named == Answer::No { target.to_string() } else { target.arn(&self.names).words() };
            return Fit::No(Misfit::Function(shown), place(&p.function));
        }
        let qualifier = match target.same_qualifier(question.target) {
            Answer::No if grant.open_qualifier && function == Answer::Maybe => Answer::Maybe,
            answer => answer,
        };
        // Ordered by how much tells against the statement: the first misfit is the one to show.
        let checks: [(Answer, &dyn Fn() -> Misfit, &Value); 6] = [
            (self.principal_fits(p, question), &|| Misfit::Principal(p.principal.words()), &p.principal),
            (action_fits(self.names.text(&p.action)), &|| Misfit::Action(p.action.words()), &p.action),
            (qualifier, &|| Misfit::Qualifier(target.to_string()), self.qualifier_value(p)),
            (
                foreign_condition(p).map_or(Answer::Yes, |(answer, _, _)| answer),
                &|| Misfit::ForeignCondition(foreign_condition(p).map_or("", |f| f.1)),
                foreign_condition(p).map_or(&p.action, |f| f.2),
            ),
            (self.account_fits(p), &|| Misfit::SourceAccount(p.source_account.words()), &p.source_account),
            (self.source_fits(p, question), &|| Misfit::SourceArn(p.source_arn.words()), &p.source_arn),
        ];
        let mut maybe: Option<&Value> = (function == Answer::Maybe).then_some(&p.function);
        for (answer, misfit, value) in &checks {
            match answer {
                // A statement that may be for another function altogether is no near miss.
                Answer::No if function == Answer::Maybe => return Fit::No(Misfit::Function(target.to_string()), place(&p.function)),
                Answer::No => return Fit::No(misfit(), place(value)),
                Answer::Maybe => maybe = maybe.or(Some(value)),
                Answer::Yes => {}
            }
        }
        if beside == Answer::Maybe {
            let address = &self.resource(p.id).address;
            let reason = format!("`{address}` could cover it: there are functions `{:#}` in several regions or accounts", target.name);
            return Fit::Maybe(reason, place(&p.function));
        }
        if let Some(value) = maybe {
            return Fit::Maybe(self.why_unknown(p.id, "", value), place(value));
        }
        match question.presence.and(&grant.presence) {
            None => Fit::No(Misfit::Condition, self.resource(p.id).name_span),
            Some(_) if question.presence.implies(&grant.presence) => Fit::Yes,
            Some(_) => {
                let reason = format!("`{}` exists only when {}", self.resource(p.id).address, grant.presence);
                Fit::Maybe(reason, self.resource(p.id).name_span)
            }
        }
    }

    fn qualifier_value<'a>(&self, p: &'a Permission) -> &'a Value {
        if p.qualifier.is_null() { &p.function } else { &p.qualifier }
    }

    fn why_unknown(&self, id: ResourceId, what: &str, value: &Value) -> String {
        let address = &self.resource(id).address;
        let what = if what.is_empty() { String::new() } else { format!("{what} ") };
        match value.first_unknown() {
            // Region and account do not tell APIs apart: it is a literal beside them that only the deploy can compare.
            Some(Hole::Pseudo(_)) => format!("{what}`{address}` could cover it: whether `{value:#}` fits is known after the deploy"),
            Some(hole) => format!("{what}`{address}` could cover it: {}", hole.message()),
            None => format!("{what}`{address}` could cover it: `{value:#}` cannot be compared"),
        }
    }

    fn principal_fits(&self, p: &Permission, question: &CallQuestion<'_>) -> Answer {
        let Some(principal) = self.names.text(&p.principal) else { return Answer::No };
        let matches_one = |service: &&str| {
            // `!Sub apigateway.${AWS::URLSuffix}` is the same service; so is the spelling of the Chinese partition.
            let suffixed = text::strip_prefix(&principal, service.trim_end_matches("amazonaws.com"));
            let by_suffix =
                suffixed.is_some_and(|rest| rest.to_string() == "${AWS::URLSuffix}" || rest.as_known() == Some("amazonaws.com.cn"));
            if by_suffix { Answer::Yes } else { text::glob(&Text::literal(*service), &principal) }
        };
        let named = question.principals.iter().map(matches_one).fold(Answer::No, Answer::or);
        named.or(text::same(&principal, &Text::literal("*")))
    }

    fn account_fits(&self, p: &Permission) -> Answer {
        let Some(account) = self.names.text(&p.source_account) else { return Answer::Yes };
        // An account that only the deploy knows is taken to be the unit's own; two different literals are not the same.
        match (account.as_known(), self.names.account_of(self.resource(p.id)).as_known()) {
            (Some(given), Some(own)) => (given == own).into(),
            _ => Answer::Yes,
        }
    }

    fn source_fits(&self, p: &Permission, question: &CallQuestion<'_>) -> Answer {
        let Some(pattern) = self.names.text(&p.source_arn) else {
            return if p.source_arn.is_null() { Answer::Yes } else { Answer::Maybe };
        };
        if pattern.is_empty() {
            return Answer::Yes;
        }
        if question.sources.is_empty() {
            return Answer::Yes;
        }
        question.sources.iter().map(|source| self.source_matches(&pattern, source)).fold(Answer::No, Answer::or)
    }

    /// Whether a permission's source ARN pattern matches the ARN that a caller presents.
    pub fn source_matches(&self, pattern: &Text, source: &Text) -> Answer {
        match (Arn::parse(pattern), Arn::parse(source)) {
            (Some(p), Some(s)) => match p.matches(&s) {
                Answer::No if nearly_matches(pattern, source) => Answer::Maybe,
                answer => answer,
            },
            _ if self.may_be_any_arn(pattern) || self.may_be_any_arn(source) => text::glob(pattern, source),
            // A text that is no ARN never matches; the ARN of another resource of the unit is another ARN.
            _ => Answer::from(text::same(pattern, source) == Answer::Yes),
        }
    }

    /// Whether a text holds something whose value could be any ARN: an unknown, or an attribute of what the unit only reads.
    fn may_be_any_arn(&self, text: &Text) -> bool {
        let outside = |part: &Part| match part {
            Part::Unknown(_) => true,
            Part::Attr(attr) => self.resource(attr.resource).mode == Mode::Data,
            Part::Literal(_) | Part::Pseudo(_) => false,
        };
        text.holes().is_some_and(|parts| parts.iter().any(outside))
    }

    /// Something of the unit that cannot be seen into and that could grant the call.
    fn outside_grant(&self, question: &CallQuestion<'_>) -> Option<(String, Span)> {
        if let Some(script) = self.unit.outside_permissions.first() {
            return Some(("a script of this unit runs `add-permission`".to_owned(), script.span));
        }
        let function = self.functions.function(question.target);
        let alias = self.functions.alias(question.target);
        let involved = |id: &ResourceId| Some(*id) == function || Some(*id) == alias || question.caller.contains(id);
        let opaque = self
            .unit
            .opaque
            .iter()
            .find(|o| o.arguments.is_null() || o.references.iter().any(involved) || names_function(&o.arguments, question.target));
        if let Some(opaque) = opaque {
            return Some((format!("`{}` ({}) cannot be seen into, and could grant it", opaque.address, opaque.source), opaque.span));
        }
        // A custom resource that is given the function or API and is called a permission makes one.
        let custom = |id: &&ResourceId| {
            let resource = self.resource(**id);
            resource.kind.contains("Permission") || resource.address.contains("Permission")
        };
        let named = self.custom_resources.iter().filter(custom).find(|id| self.resource(**id).references.iter().any(involved));
        let able = || self.custom_resources.iter().find(|id| function.is_some_and(|function| self.may_add_permission(**id, function)));
        let resource = self.resource(*named.or_else(able)?);
        Some((format!("the custom resource `{}` could grant it", resource.address), resource.name_span))
    }

    /// Whether the function behind a custom resource is one of this unit, and its role lets it add permissions to a function: a role
    /// that nobody gave that by accident.
    fn may_add_permission(&self, custom: ResourceId, function: ResourceId) -> bool {
        let token = read(&self.resource(custom).attributes, "ServiceToken");
        let Some(handler) = self.referent(&token).filter(|r| r.kind == "AWS::Lambda::Function") else { return false };
        let arn = self.names.attribute(function, "Arn");
        let need = [Need::on("lambda:AddPermission", arn, Caller::Function)];
        self.roles_of(&Function::read(handler).role).iter().any(|(_, role)| match role {
            RoleRef::Unit(role) => matches!(self.missing_actions(*role, &need, &Guard::always()), evaluate::Grant::Granted),
            RoleRef::Outside(..) => false,
        })
    }
}

enum Fit {
    Yes,
    No(Misfit, Span),
    Maybe(String, Span),
}

fn names_function(arguments: &Value, target: &FunctionRef) -> bool {
    let Some(name) = target.name.as_known().filter(|n| n.len() > 2) else { return false };
    arguments.to_string().contains(name)
}

/// Whether a condition of a statement is not written, or empty: then it is none.
pub fn is_absent(value: &Value) -> Answer {
    match &value.kind {
        Kind::Null => Answer::Yes,
        Kind::Choice(branches) => {
            let each = || branches.iter().map(|(_, branch)| is_absent(branch));
            each().reduce(|all, one| if all == one { all } else { Answer::Maybe }).unwrap_or(Answer::Yes)
        }
        // A macro may leave it out; a variable that somebody hands on has a value.
        Kind::Unknown(unknown) if unknown.reason == Reason::Macro => Answer::Maybe,
        _ => (value.as_str() == Some("")).into(),
    }
}

/// Whether a statement lets its principal invoke the function.
pub fn invokes(action: &Value) -> Answer {
    match action.as_str() {
        Some(known) => includes_invoke(known).into(),
        None if action.is_null() => Answer::No,
        None => Answer::Maybe,
    }
}

/// Whether all of these hold; the error says why that is not known.
pub fn all_hold<'v>(answers: impl IntoIterator<Item = (Answer, &'v Value)>) -> Result<bool, Gap> {
    let mut doubt = None;
    for (answer, value) in answers {
        match answer {
            Answer::No => return Ok(false),
            Answer::Maybe => doubt = doubt.or(Some(value)),
            Answer::Yes => {}
        }
    }
    doubt.map_or(Ok(true), |value| Err(Gap::of(value)))
}

/// Whether an action of a statement includes `lambda:InvokeFunction`. AddPermission takes no other wildcards.
pub fn includes_invoke(action: &str) -> bool {
    ["lambda:invokefunction", "lambda:*", "*"].contains(&action.to_ascii_lowercase().as_str())
}

fn action_fits(action: Option<Text>) -> Answer {
    let Some(action) = action else { return Answer::Yes };
    match action.as_known() {
        Some(known) => includes_invoke(known).into(),
        None => Answer::Maybe,
    }
}

/// A condition of the statement that a service without that trait never meets.
fn foreign_condition(p: &Permission) -> Option<(Answer, &'static str, &Value)> {
    let written = |v: &Value| !v.is_null();
    // What a macro may write, or a parameter leave empty, is no proof.
    let against = |v: &Value| if matches!(v.kind, Kind::Unknown(_) | Kind::Choice(_)) { Answer::Maybe } else { Answer::No };
    if written(&p.function_url_auth_type) {
        return Some((against(&p.function_url_auth_type), "function URL auth type", &p.function_url_auth_type));
    }
    if written(&p.event_source_token) {
        return Some((against(&p.event_source_token), "event source token", &p.event_source_token));
    }
    if p.invoked_via_function_url.as_bool() == Some(true) {
        return Some((Answer::No, "InvokedViaFunctionUrl", &p.invoked_via_function_url));
    }
    // What AWS does with an organisation condition for service principals is not documented: no verdict.
    written(&p.principal_org_id).then_some((Answer::Maybe, "organisation", &p.principal_org_id))
}

/// Shapes on which the sources contradict each other: a path parameter of another name, and the root path without its slash.
/// Neither is a proof that the call fails.
fn nearly_matches(pattern: &Text, source: &Text) -> bool {
    let renamed = if text::contains(pattern, "{") { Arn::parse(&wildcard_parameters(pattern)) } else { None };
    let rootless = text::strip_suffix(source, "/");
    let matches = |p: Option<Arn>, s: &Text| match (p, Arn::parse(s)) {
        (Some(p), Some(s)) => p.matches(&s) == Answer::Yes,
        _ => false,
    };
    matches(renamed, source) || rootless.is_some_and(|s| matches(Arn::parse(pattern), &s))
}

/// The text with each `{parameter}` as `*`.
pub fn wildcard_parameters(text: &Text) -> Text {
    Text::from_parts(text.parts().into_iter().map(|part| match part {
        Part::Literal(literal) => {
            let mut out = String::new();
            let mut rest = literal.as_str();
            while let Some((before, after)) = rest.split_once('{') {
                let Some((_, after)) = after.split_once('}') else { break };
                out.push_str(before);
                out.push('*');
                rest = after;
            }
            out.push_str(rest);
            Part::Literal(out.into())
        }
        hole => hole,
    }))
}
