//! Why the nearest permission does not cover a call, in words that follow its name.

use crate::graph::Graph;
use crate::graph::apis::{Api, ApiStage, Call, Caller};
use crate::graph::arn::Arn;
use crate::graph::functions::FunctionRef;
use crate::graph::permissions::{Misfit, Near};
use crate::text::{self, Answer};
use crate::value::{ResourceId, Text};

/// Who would call, as the words name it.
pub(crate) struct Service<'a> {
    /// Its principal.
    pub(crate) principal: &'a str,
    /// `API Gateway`, `this service`.
    pub(crate) name: &'a str,
    /// What is called for: `call`, `trigger`.
    pub(crate) occasion: &'a str,
}

/// The words; `source` says what is wrong with the source ARN, where it is that.
pub(crate) fn explain(
    graph: &Graph<'_>,
    near: &Near,
    target: &FunctionRef,
    service: &Service<'_>,
    source: impl FnOnce(&str) -> String,
) -> String {
    match &near.misfit {
        Misfit::Condition => format!("exists only under a condition that excludes this {}", service.occasion),
        Misfit::SourceAccount(account) => format!("is limited to account {account}"),
        Misfit::ForeignCondition(field) => format!("has a condition on the {field}, which {} never meets", service.name),
        Misfit::Qualifier(granted) => match (&target.qualifier, granted.contains(':') && is_qualified(graph, near.permission)) {
            (Some(qualifier), false) => {
                format!("is granted on the function; the call goes to `{qualifier:#}`, which has a policy of its own")
            }
            (Some(qualifier), true) => format!("is granted on `{granted}`; the call goes to `{qualifier:#}`"),
            (None, _) => format!("is granted on `{granted}`; the call goes to the function itself"),
        },
        Misfit::Action(action) => format!("allows `{action}`, not lambda:InvokeFunction"),
        Misfit::Principal(principal) => format!("is for `{principal}`, not {}", service.principal),
        Misfit::Function(function) if function.is_empty() => "is for another function".to_owned(),
        Misfit::Function(function) => format!("is for `{function}`"),
        Misfit::SourceArn(pattern) => source(pattern),
    }
}

fn is_qualified(graph: &Graph<'_>, permission: ResourceId) -> bool {
    graph.permissions.of(permission).and_then(|g| g.target.as_ref()).is_some_and(|t| t.qualifier.is_some())
}

/// Which part of a source ARN does not match.
pub(crate) fn source_of_call(graph: &Graph<'_>, api: &Api, call: &Call, stage: Option<&ApiStage>, near: &Near) -> String {
    let grant = graph.permissions.of(near.permission);
    let pattern = grant.and_then(|g| graph.names.text(&g.permission.source_arn)).unwrap_or_default();
    let source = stage.and_then(|stage| graph.sources(api, call, stage).into_iter().next()).map(|(_, s)| s).unwrap_or_default();
    let shown = grant.map_or_else(|| pattern.words(), |g| g.permission.source_arn.words());
    let (Some(p), Some(s)) = (Arn::parse(&pattern), Arn::parse(&source)) else {
        return format!("has `{shown}` as source ARN, which is no ARN");
    };
    if p.service().as_known().is_some_and(|service| service != "execute-api") {
        return format!("has the source ARN `{shown}`, which is no execute-api ARN: API Gateway never presents it");
    }
    if let Some(elsewhere) = elsewhere(&p, &s) {
        return elsewhere;
    }
    let pieces = |arn: &Arn| text::split_literal(arn.resource(), '/', 4);
    let (p, s) = (pieces(&p), pieces(&s));
    let differs = |i: usize| matches!((p.get(i), s.get(i)), (Some(p), Some(s)) if text::glob(p, s) == Answer::No);
    if differs(0) {
        return format!("is for another API (`{:#}`)", p[0]);
    }
    if p.len() == 1 {
        return "names the API without stage, method and path: end it with `/*/*`".to_owned();
    }
    if matches!(call.caller, Caller::Authorizer(_)) {
        return format!("covers `{}`; an authorizer presents `authorizers/<id>`", tail(&p, 1));
    }
    if differs(1) && p[1].is_empty() {
        return "has a source ARN with nothing where the stage belongs".to_owned();
    }
    if differs(1) {
        return format!("is limited to stage `{:#}`", p[1]);
    }
    if p.len() == 2 {
        return "names a stage without method and path: end it with `/*`".to_owned();
    }
    match &call.caller {
        Caller::Method { method, .. } if differs(2) => format!("covers {:#}, the method is {method}", p[2]),
        Caller::Method { path, .. } if format!("/{}", tail(&p, 3)) != path.words() => {
            format!("covers the path `/{}`, the call is on `{path:#}`", tail(&p, 3))
        }
        Caller::Method { .. } => format!("has the source ARN `{shown}`; API Gateway presents `{source}`"),
        Caller::Route(key) if p.len() > s.len() => {
            format!("has more parts (`{}`) than the ARN of route `{key:#}` (`{}`)", tail(&p, 1), tail(&s, 1))
        }
        Caller::Route(key) => format!("covers `{}`, the route is `{key:#}`", tail(&p, 2)),
        Caller::Authorizer(_) => format!("covers `{}`", tail(&p, 1)),
    }
}

/// The region, account or partition that a source ARN is limited to, where the API is in another one.
fn elsewhere(pattern: &Arn, presented: &Arn) -> Option<String> {
    let (what, theirs, own) = pattern.elsewhere(presented)?;
    Some(match theirs.is_empty() {
        true => format!("has a source ARN without {what}, and the API's has `{own:#}`"),
        false => format!("is for an API in {what} `{theirs:#}`, and this one is in `{own}`"),
    })
}

fn tail(pieces: &[Text], from: usize) -> String {
    pieces.iter().skip(from).map(Text::words).collect::<Vec<_>>().join("/")
}
