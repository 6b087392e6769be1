//! The check that stage-variable and plain integrations share: may this call invoke its target on every stage?

use super::mend::{self, Dialect};
use super::{list, misfit, stages};
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::apis::{Api, ApiKind, ApiStage, Call, Caller, Variable};
use crate::graph::functions::FunctionRef;
use crate::graph::invocations::{Target, Verdict, variables_of};
use crate::graph::permissions::{Misfit, Near, wildcard_parameters};
use crate::rules::Sink;
use crate::source::Span;
use crate::unit::Mode;
use crate::value::{Guard, Part, Reason, Text, Unknown, Value};

/// The result for one stage (or its canary).
struct Outcome<'a> {
    stage: &'a ApiStage,
    canary: bool,
    target: Option<FunctionRef>,
    verdict: Verdict,
}

impl Outcome<'_> {
    fn shown(&self) -> String {
        self.stage.shown(self.canary)
    }
}

/// How far back the routes of one integration are looked for: API Gateway allows 300 routes for an API.
const MAX_ROUTES: usize = 300;

/// A target that calls of one integration may not invoke.
struct Failure<'a> {
    /// The routes, at least one.
    calls: Vec<&'a Call>,
    target: FunctionRef,
    failing: Vec<Outcome<'a>>,
    /// The stages on which the integration's calls pass.
    passing: Vec<String>,
}

impl Failure<'_> {
    /// Whether two calls of one integration fail alike, so that they are one finding.
    fn is_like(&self, other: &Failure<'_>) -> bool {
        let stages = |f: &Failure<'_>| f.failing.iter().map(Outcome::shown).collect::<Vec<_>>();
        let place = |f: &Failure<'_>| f.calls.first().map(|call| (call.resource, call.uri.span));
        place(self) == place(other) && self.target == other.target && stages(self) == stages(other) && self.passing == other.passing
    }

    /// The routes, as messages name them.
    fn shown(&self) -> String {
        const SHOWN: usize = 5;
        let names: Vec<String> = self.calls.iter().map(|call| format!("`{}`", call.shown())).collect();
        match names.len() {
            0..=SHOWN => list(&names),
            n => format!("{} and {} more routes", names[..SHOWN].join(", "), n - SHOWN),
        }
    }
}

/// Checks every call of every API whose target does (or does not) hang on stage variables.
pub(crate) fn check(graph: &Graph<'_>, rule: &'static str, with_variables: bool, sink: &mut Sink) {
    for api in &graph.apis.all {
        let mut failures: Vec<Failure<'_>> = Vec::new();
        for call in &api.calls {
            let variables = variables_of(graph, &call.uri);
            if call.uri.is_null() || variables.is_empty() == with_variables {
                continue;
            }
            for failure in check_call(graph, rule, api, call, with_variables, sink) {
                match failures.iter_mut().rev().take(MAX_ROUTES).find(|f| f.is_like(&failure)) {
                    Some(same) => same.calls.push(call),
                    None => failures.push(failure),
                }
            }
        }
        sink.findings.extend(failures.iter().map(|failure| finding(graph, rule, api, failure)));
        if let Some((reason, span)) = &api.open {
            let address = api.resource.map_or_else(|| api.id.words().into(), |id| graph.resource(id).address.clone());
            sink.undecided.push(Undecided {
                rule,
                address,
                span: *span,
                reason: format!("the API may have more integrations: {reason}"),
                cause: *span,
            });
        }
    }
}

fn check_call<'a>(
    graph: &Graph<'_>,
    rule: &'static str,
    api: &'a Api,
    call: &'a Call,
    with_variables: bool,
    sink: &mut Sink,
) -> Vec<Failure<'a>> {
    let undecided = |sink: &mut Sink, reason: String, cause: Span| {
        let address = graph.resource(call.resource).address.clone();
        sink.undecided.push(Undecided { rule, address, span: call.uri.span, reason, cause });
    };
    match credentials(graph, call) {
        Credentials::None => {}
        // A role authorises the call: rule `integration-credentials` looks at it.
        Credentials::Role => return Vec::new(),
        Credentials::Unknown(reason) => {
            undecided(sink, reason, call.credentials.span);
            return Vec::new();
        }
    }
    if api.stages.is_empty() {
        // Without a stage the API cannot be called from here: a stage elsewhere decides, and may come with a permission.
        if with_variables {
            undecided(sink, "no stage of the API is declared here, so its stage variables are not known".to_owned(), call.uri.span);
        } else if !passes_on_any_stage(graph, api, call) {
            undecided(sink, "no permission covers the call, and no stage of the API is declared here".to_owned(), call.uri.span);
        }
        return Vec::new();
    }
    let alternatives = call.uri.alternatives();
    let mut branches: Vec<Vec<Outcome<'_>>> = Vec::new();
    for (guard, uri) in &alternatives {
        let outcomes = outcomes(graph, api, call, uri, guard);
        branches.push(outcomes);
    }
    // A choice that cannot be decided is broken only where each branch is.
    let broken = |outcomes: &Vec<Outcome<'_>>| {
        outcomes.iter().any(|o| matches!(o.verdict, Verdict::Fails(_) | Verdict::FailsInPart(..) | Verdict::Impossible))
    };
    if branches.len() > 1 && !branches.iter().all(broken) {
        let doubt = branches.iter().flatten().find_map(|outcome| match &outcome.verdict {
            Verdict::Undecided(reason, cause) => Some((reason.clone(), *cause)),
            _ => None,
        });
        let choice = || (call.uri.first_unknown().map_or_else(String::new, |h| h.message()), call.uri.span);
        if let Some((reason, cause)) = branches.iter().any(broken).then(choice).or(doubt) {
            undecided(sink, reason, cause);
        }
        return Vec::new();
    }
    let mut found: Vec<Failure<'_>> = Vec::new();
    for outcomes in branches {
        for outcome in &outcomes {
            if let Verdict::Undecided(reason, cause) = &outcome.verdict {
                undecided(sink, format!("stage `{}`: {reason}", outcome.shown()), *cause);
            }
        }
        for failure in failures(call, outcomes) {
            if !found.iter().any(|f| f.target == failure.target) {
                found.push(failure);
            }
        }
    }
    found
}

/// Whether a call would pass on a stage of whatever name, or cannot reach a function at all.
fn passes_on_any_stage(graph: &Graph<'_>, api: &Api, call: &Call) -> bool {
    let name =
        Text::from_parts([Part::Unknown(Unknown::new(Reason::External, "(stage)", "the stage is not declared here", call.uri.span))]);
    let null = || Value::null(call.uri.span);
    let stage = ApiStage { resource: call.resource, name, variables: null(), overrides: null(), presence: Guard::always() };
    call.uri.alternatives().iter().all(|(guard, uri)| match graph.target(api, uri, &stage, false) {
        Target::Function(function) => matches!(graph.verdict(api, call, &stage, &function, guard), Verdict::Passes(_)),
        Target::Undefined(_) | Target::Other | Target::Invalid(_) => true,
        Target::Unknown(..) => false,
    })
}

enum Credentials {
    None,
    Role,
    Unknown(String),
}

fn credentials(graph: &Graph<'_>, call: &Call) -> Credentials {
    if call.credentials.is_null() || call.credentials.as_str() == Some("") {
        return Credentials::None;
    }
    let alternatives = call.credentials.alternatives();
    let absent = |v: &Value| v.is_null() || v.as_str() == Some("");
    if alternatives.iter().any(|(_, v)| absent(v)) {
        return Credentials::Unknown(call.credentials.first_unknown().map_or_else(String::new, |h| h.message()));
    }
    match graph.names.text(&call.credentials) {
        // A whole unknown may be null: the call may or may not need a permission.
        Some(text) if matches!(text.holes(), Some([crate::value::Part::Unknown(u)]) if u.reason != crate::value::Reason::Condition) => {
            Credentials::Unknown(call.credentials.first_unknown().map_or_else(String::new, |h| h.message()))
        }
        _ => Credentials::Role,
    }
}

fn outcomes<'a>(graph: &Graph<'_>, api: &'a Api, call: &Call, uri: &Value, guard: &Guard) -> Vec<Outcome<'a>> {
    let mut out: Vec<Outcome<'a>> = Vec::new();
    for stage in &api.stages {
        let runs: &[bool] = if stage.has_canary() { &[false, true] } else { &[false] };
        for canary in runs.iter().copied() {
            let (target, verdict) = match graph.target(api, uri, stage, canary) {
                Target::Function(function) => {
                    let verdict = graph.verdict(api, call, stage, &function, guard);
                    (Some(function), verdict)
                }
                // Rule `stage-variable-undefined` reports it.
                Target::Undefined(_) | Target::Other => continue,
                Target::Invalid(name) => {
                    (Some(FunctionRef { name: Text::literal(name), qualifier: None, region: None, account: None }), Verdict::Impossible)
                }
                Target::Unknown(reason, span) => (None, Verdict::Undecided(reason, span)),
            };
            // A canary that inherits everything is the stage itself.
            if canary && out.last().is_some_and(|base| base.target == target) {
                continue;
            }
            out.push(Outcome { stage, canary, target, verdict });
        }
    }
    settle_outsiders(graph, &mut out);
    out
}

/// A target that the unit does not declare may have its permission elsewhere, unless the unit grants a sibling's and not its.
fn settle_outsiders(graph: &Graph<'_>, outcomes: &mut [Outcome<'_>]) {
    let sibling_passes = outcomes.iter().any(|o| matches!(o.verdict, Verdict::Passes(_)));
    for outcome in outcomes.iter_mut() {
        let Some(target) = &outcome.target else { continue };
        let Verdict::Fails(near) = &outcome.verdict else { continue };
        let declared = graph.functions.function(target).is_some();
        let qualified = target.qualifier.is_none() || graph.functions.alias(target).is_some();
        // A near miss on the same function shows that this unit is where its permissions are.
        let near_here =
            declared && near.as_ref().is_some_and(|n| !matches!(n.misfit, Misfit::Function(_) | Misfit::Principal(_) | Misfit::Action(_)));
        if (declared && qualified) || near_here || sibling_passes {
            continue;
        }
        let what = if declared { "alias or version" } else { "function" };
        let reason = format!("the {what} `{target}` is not declared here, so its permissions may be elsewhere");
        outcome.verdict = Verdict::Undecided(reason, outcome.stage.variables.span);
    }
}

/// One failure per target.
fn failures<'a>(call: &'a Call, outcomes: Vec<Outcome<'a>>) -> Vec<Failure<'a>> {
    let passing: Vec<String> = outcomes.iter().filter(|o| matches!(o.verdict, Verdict::Passes(_))).map(Outcome::shown).collect();
    let fails = |o: &Outcome<'_>| matches!(o.verdict, Verdict::Fails(_) | Verdict::FailsInPart(..) | Verdict::Impossible);
    let mut out: Vec<Failure<'a>> = Vec::new();
    for outcome in outcomes.into_iter().filter(fails) {
        let Some(target) = outcome.target.clone() else { continue };
        match out.iter_mut().find(|f| f.target == target) {
            Some(same) => same.failing.push(outcome),
            None => out.push(Failure { calls: vec![call], target, failing: vec![outcome], passing: passing.clone() }),
        }
    }
    out
}

fn finding(graph: &Graph<'_>, rule: &'static str, api: &Api, failure: &Failure<'_>) -> Finding {
    let (target, failing, passing, call) = (&failure.target, &failure.failing, &failure.passing, failure.calls[0]);
    let names: Vec<String> = failing.iter().map(|o| o.shown()).collect();
    let partial = failing.iter().find_map(|o| match &o.verdict {
        Verdict::FailsInPart(covered, near) => Some((covered, near)),
        _ => None,
    });
    let near = failing.iter().find_map(|o| match &o.verdict {
        Verdict::Fails(near) | Verdict::FailsInPart(_, near) => near.as_ref(),
        _ => None,
    });
    let resource = graph.resource(call.resource);
    let impossible = failing.iter().any(|o| matches!(o.verdict, Verdict::Impossible));
    let mut message = match impossible {
        true => Message::new(format!("{} on {} fails with HTTP 500", failure.shown(), stages(&names)))
            .because(format!("no function can be named `{target}`"))
            .note(impossible_target(graph, call).0),
        false => headline(api, failure, &names, partial.map(|p| p.0.as_slice())),
    };
    if !passing.is_empty() {
        message = message.note(format!("{} {} covered", stages(passing), if passing.len() == 1 { "is" } else { "are" }));
    }
    if let Some(near) = near {
        let shown = &graph.resource(near.permission).address;
        message = message.note(format!("the nearest permission, `{shown}`, {}", explain(graph, api, call, target, failing, near)));
    }
    let mut related = evidence(graph, call, target, failing);
    if let Some(near) = near {
        related.push(Label::new(near.span, explain(graph, api, call, target, failing, near)));
    }
    let primary_text = format!("invokes `{}` on {}", target, stages(&names));
    let flow = std::iter::once(Label::new(call.uri.span.or(resource.name_span), format!("{} invokes a function", call.shown())))
        .chain(related.iter().cloned());
    let stage_key = if names.len() == 1 && api.stages.len() == 1 { String::new() } else { target.identity() };
    Finding {
        rule,
        severity: if partial.is_some() { Severity::Warning } else { Severity::Error },
        message,
        primary: Label::new(call.uri.span.or(resource.name_span), primary_text),
        related: related.clone(),
        flow: flow.collect(),
        help: Some(match impossible {
            true => Help { text: impossible_target(graph, call).1.to_owned(), code: String::new() },
            false => help(graph, api, failure),
        }),
        address: resource.address.clone(),
        key: format!("{} {stage_key}", call.shown()).trim().into(),
    }
}

/// Why a target cannot be the name of a function, and what to do about it.
fn impossible_target(graph: &Graph<'_>, call: &Call) -> (&'static str, &'static str) {
    let is_substituted = |value: &Value| graph.names.text(value).is_none_or(|text| !graph.is_unsubstituted(&text));
    match (variables_of(graph, &call.uri).is_empty(), is_substituted(&call.uri)) {
        (false, _) => (
            "a stage variable holds an ARN where a name is expected",
            "set the stage variable to the function's name, with `:alias` where it calls one",
        ),
        (true, false) => (
            "`${…}` is not substituted where it stands outside of `Fn::Sub`",
            "write `Fn::Sub` around the text; in a file, that works where `AWS::Include` puts it into the template",
        ),
        (true, true) => ("it is neither a name nor the ARN of a function", "name the function, or its ARN"),
    }
}

fn headline(api: &Api, failure: &Failure<'_>, names: &[String], covered: Option<&[&str]>) -> Message {
    let (stages, shown, target) = (stages(names), failure.shown(), &failure.target);
    let (fail, is_authorizer) = (if failure.calls.len() == 1 { "fails" } else { "fail" }, failure.calls[0].is_authorizer());
    if let Some(covered) = covered {
        let covered = list(&covered.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>());
        return Message::new(format!("{shown} on {stages} {fail} with HTTP 500 for every method but {covered}"))
            .because(format!("no permission lets API Gateway invoke `{target}` for the others"));
    }
    let consequence = match (is_authorizer, api.kind) {
        (true, _) => {
            "every request is answered with HTTP 500, AuthorizerConfigurationException: \"Invalid permissions on Lambda function\""
        }
        (false, ApiKind::Rest) => {
            "the answer is HTTP 500; the log says \"Execution failed due to configuration error: Invalid permissions on Lambda function\""
        }
        (false, _) => {
            "the answer is HTTP 500, \"Internal Server Error\"; the log says that API Gateway does not have permission to invoke the function"
        }
    };
    Message::new(format!("{shown} on {stages} {fail}"))
        .because(format!("no permission lets API Gateway invoke `{target}`"))
        .note(consequence)
}

/// The stage variables that lead to the target, and the target.
fn evidence(graph: &Graph<'_>, call: &Call, target: &FunctionRef, failing: &[Outcome<'_>]) -> Vec<Label> {
    let mut out = Vec::new();
    let variables = variables_of(graph, &call.uri);
    for outcome in failing {
        for name in &variables {
            if let Variable::Set(value) = outcome.stage.variable(name, outcome.canary) {
                out.push(Label::new(value.span, format!("stage `{}` sets `{name}` to `{value:#}`", outcome.shown())));
            }
        }
    }
    if let Some(alias) = graph.functions.alias(target) {
        out.push(Label::new(graph.resource(alias).name_span, format!("`{target}`, with a policy of its own")));
    } else if let Some(function) = graph.functions.function(target) {
        let what = if target.qualifier.is_some() { "the function of the alias" } else { "the function that is called" };
        out.push(Label::new(graph.resource(function).name_span, what));
    }
    out
}

/// Why the nearest permission does not cover the call.
fn explain(graph: &Graph<'_>, api: &Api, call: &Call, target: &FunctionRef, failing: &[Outcome<'_>], near: &Near) -> String {
    let service = misfit::Service { principal: "apigateway.amazonaws.com", name: "API Gateway", occasion: "call" };
    let stage = failing.first().map(|o| o.stage);
    misfit::explain(graph, near, target, &service, |_| misfit::source_of_call(graph, api, call, stage, near))
}

/// The permission that is missing, ready to paste.
fn help(graph: &Graph<'_>, api: &Api, failure: &Failure<'_>) -> Help {
    let (target, call) = (&failure.target, failure.calls[0]);
    let dialect = mend::dialect(graph);
    let stage = match failure.failing.as_slice() {
        [only] if only.stage.name.as_known().is_some() => only.stage.name.clone(),
        _ => Text::literal("*"),
    };
    let tail = match &call.caller {
        // One statement for all routes of the integration.
        _ if failure.calls.len() > 1 => Text::concat([&stage, &Text::literal("/*")]),
        Caller::Method { method, path } => {
            let verb = if method.as_known().is_some_and(|m| m.eq_ignore_ascii_case("any")) { Text::literal("*") } else { method.clone() };
            Text::concat([&stage, &Text::literal("/"), &verb, &wildcard_parameters(path)])
        }
        Caller::Route(key) => Text::concat([&stage, &Text::literal("/"), key]),
        Caller::Authorizer(_) => Text::literal("authorizers/*"),
    };
    let function = graph.functions.function(target).map(|id| graph.resource(id));
    let qualifier = target.qualifier.as_ref().map(Text::words).unwrap_or_default();
    let label = function.map_or_else(|| target.name.to_string(), |f| format!("{} {}", mend::label(f), mend::instance_key(f)));
    // Several calls of one function may each lack a permission: their mends are pasted side by side.
    let caller = match &call.caller {
        _ if api.calls.len() < 2 || failure.calls.len() > 1 => String::new(),
        Caller::Method { method, path } => format!("{method} {path}"),
        Caller::Route(key) => key.to_string(),
        Caller::Authorizer(_) => "authorizer".to_owned(),
    };
    let name = mend::new_name(dialect, &[&label, &qualifier, &caller, "api", "gateway"]);
    // A permission lies beside its function; what lies in another module has to be passed in.
    let apart = match (function, api.resource.map(|id| graph.resource(id))) {
        (Some(function), Some(api)) => mend::scope(function) != mend::scope(api),
        _ => false,
    };
    let source = match dialect {
        Dialect::Terraform if apart => format!("\"${{var.api_execution_arn}}/{}\"", mend::hcl_string(graph, &tail)),
        Dialect::Terraform => format!("\"{}/{}\"", execution_arn(graph, api), mend::hcl_string(graph, &tail)),
        Dialect::Yaml | Dialect::Json => {
            let id = if apart { "${ApiId}".to_owned() } else { mend::sub_string(graph, &api.id) };
            format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{id}/{}", mend::sub_string(graph, &tail))
        }
    };
    let code = mend::permission(graph, &name, target, "apigateway.amazonaws.com", Some(&source));
    let hint = match (apart, function, api.resource) {
        (true, Some(function), Some(api)) => {
            let within = mend::scope(function).trim_end_matches('.');
            let (root, needed) = match dialect {
                Dialect::Terraform => ("the root module", "execution ARN"),
                Dialect::Yaml | Dialect::Json => ("the root template", "id"),
            };
            let place = if within.is_empty() { root.to_owned() } else { format!("`{within}`") };
            format!(" in {place}, with the {needed} of `{}` passed in", graph.resource(api).address)
        }
        _ => String::new(),
    };
    Help { text: format!("let API Gateway invoke `{}`{hint}:", target), code }
}

/// The execution ARN as the inside of an HCL string.
fn execution_arn(graph: &Graph<'_>, api: &Api) -> String {
    match api.resource.map(|id| graph.resource(id)) {
        Some(resource) if resource.mode == Mode::Managed => format!("${{{}.execution_arn}}", mend::local_address(resource)),
        _ => {
            let place = "${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}";
            format!("arn:aws:execute-api:{place}:{}", mend::hcl_string(graph, &api.id))
        }
    }
}
