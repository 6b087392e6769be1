//! What an API call invokes on a stage, and whether it may.

use super::Graph;
use super::apis::{Api, ApiKind, ApiStage, Call, Caller, Variable};
use super::arn::Arn;
use super::functions::{FunctionRef, has_unknown};
use super::permissions::{CallQuestion, Coverage, Near};
use super::services::called_service;
use crate::source::Span;
use crate::text;
use crate::unit::UnitKind;
use crate::value::{Guard, Kind, Part, ResourceId, Str, Text, Value};

const VARIABLE: &str = "${stageVariables.";

/// Methods that `ANY` stands for.
const VERBS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// What a call invokes on one stage.
#[derive(Clone, Debug)]
pub enum Target {
    /// This function, alias or version.
    Function(FunctionRef),
    /// Not a Lambda function.
    Other,
    /// A stage variable that the stage does not define: its name.
    Undefined(Str),
    /// Something that no function can be named: the resolved target.
    Invalid(String),
    /// Cannot be told: why, and the place that would decide it.
    Unknown(String, Span),
}

/// The answer for one call on one stage.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// A permission covers it.
    Passes(ResourceId),
    /// No permission covers it.
    Fails(Option<Near>),
    /// The target cannot be the name of a function.
    Impossible,
    /// Only these methods of `ANY` are covered.
    FailsInPart(Vec<&'static str>, Option<Near>),
    /// Cannot be told: why, and the place that would decide it.
    Undecided(String, Span),
}

/// The names of the stage variables that a text uses, in order, each once.
pub fn stage_variables(text: &Text) -> Vec<Str> {
    let mut out: Vec<Str> = Vec::new();
    for part in text.parts() {
        let Part::Literal(literal) = part else { continue };
        for piece in literal.split(VARIABLE).skip(1) {
            if let Some((name, _)) = piece.split_once('}') {
                let name = Str::from(name.trim());
                if !out.contains(&name) {
                    out.push(name);
                }
            }
        }
    }
    out
}

/// The names of the stage variables in any alternative of a value.
pub fn variables_of(graph: &Graph<'_>, value: &Value) -> Vec<Str> {
    let mut out: Vec<Str> = Vec::new();
    for (_, alternative) in value.alternatives() {
        if let Some(text) = graph.names.text(&alternative) {
            out.extend(stage_variables(&text).into_iter().filter(|n| !out.contains(n)).collect::<Vec<_>>());
        }
    }
    out
}

impl Graph<'_> {
    /// What one alternative of a URI invokes on a stage.
    pub fn target(&self, api: &Api, uri: &Value, stage: &ApiStage, canary: bool) -> Target {
        let Some(text) = self.names.text(uri) else { return Target::Other };
        let text = match self.substitute(&text, stage, canary) {
            Ok(text) => text,
            Err(target) => return *target,
        };
        let named = match invoked(&text) {
            Some(named) => named,
            None if api.kind == ApiKind::Http && text::contains(&text, ":function:") => text.clone(),
            // Not callable in this form, whatever the permissions: rule `integration-uri` says so.
            None if Arn::parse(&text).is_some_and(|arn| arn.service().as_known() == Some("lambda")) => return Target::Other,
            None if calls_another_service(&text) => return Target::Other,
            None if has_unknown(&text) || matches!(uri.kind, Kind::Attr(_)) => return unknown(uri, "what it calls is not known"),
            None => return Target::Other,
        };
        match FunctionRef::parse(&named) {
            // The whole target is one unknown: it may be a qualified ARN. What else is not known of the URI does not matter.
            Some(_) if matches!(named.holes(), Some([Part::Unknown(_)])) => {
                unknown(&Value::new(Kind::Text(named), uri.span), "the function that it calls is not known")
            }
            Some(_) if self.is_unsubstituted(&named) => Target::Invalid(named.words()),
            Some(function) => Target::Function(function.without_latest().named_by(&self.names, self.resource(stage.resource))),
            None if is_template_of_build(&named) => {
                Target::Unknown(format!("`{named:#}` looks like a text that a build fills in"), uri.span)
            }
            None => Target::Invalid(named.words()),
        }
    }

    /// Whether a text of a template has the `${…}` of `Fn::Sub` as it stands: a pseudo parameter or a resource of the template in it
    /// was not put in.
    pub fn is_unsubstituted(&self, text: &Text) -> bool {
        let names = |literal: &str| {
            literal.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.trim())).any(|name| {
                let resource = name.split('.').next().unwrap_or(name);
                name.starts_with("AWS::") || self.unit.resources.iter().any(|r| r.address == resource)
            })
        };
        self.unit.kind != UnitKind::Terraform && text.parts().iter().any(|part| matches!(part, Part::Literal(text) if names(text)))
    }

    fn substitute(&self, text: &Text, stage: &ApiStage, canary: bool) -> Result<Text, Box<Target>> {
        let mut out: Vec<Text> = Vec::new();
        for part in text.parts() {
            let Part::Literal(literal) = &part else {
                out.push(Text::from_parts([part]));
                continue;
            };
            let mut rest = literal.as_str();
            while let Some((before, after)) = rest.split_once(VARIABLE) {
                let Some((name, after)) = after.split_once('}') else { break };
                out.push(Text::literal(before));
                out.push(self.variable_text(name.trim(), stage, canary)?);
                rest = after;
            }
            out.push(Text::literal(rest));
        }
        Ok(Text::concat(&out))
    }

    fn variable_text(&self, name: &str, stage: &ApiStage, canary: bool) -> Result<Text, Box<Target>> {
        match stage.variable(name, canary) {
            Variable::Set(value) => match self.names.text(&value) {
                Some(text) => Ok(text),
                None => Err(Target::Unknown(format!("stage variable `{name}` is no text"), value.span).into()),
            },
            Variable::Undefined => Err(Target::Undefined(name.into()).into()),
            Variable::Unknown(reason, span) => Err(Target::Unknown(reason, span).into()),
        }
    }

    /// The ARNs that a call presents on a stage, with the method that each stands for (empty where there is only one).
    pub fn sources(&self, api: &Api, call: &Call, stage: &ApiStage) -> Vec<(&'static str, Text)> {
        let resource = self.resource(call.resource);
        let lit = |text: &str| Text::literal(text);
        let head = [
            lit("arn:"),
            self.names.partition().clone(),
            lit(":execute-api:"),
            self.names.region(resource),
            lit(":"),
            self.names.account_of(resource),
        ];
        let head = Text::concat(head.iter().chain([&lit(":"), &api.id, &lit("/")]));
        let method_arn = |verb: &Text, path: &Text| Text::concat([&head, &stage.name, &lit("/"), verb, path]);
        match &call.caller {
            Caller::Authorizer(id) => vec![("", Text::concat([&head, &lit("authorizers/"), &self.authorizer_id(call, id)]))],
            Caller::Route(key) => vec![("", Text::concat([&head, &stage.name, &lit("/"), key]))],
            Caller::Method { method, path } => match method.as_known() {
                Some("ANY") | Some("any") => {
                    let any = ("ANY", method_arn(&lit("ANY"), path));
                    std::iter::once(any).chain(VERBS.iter().map(|v| (*v, method_arn(&lit(v), path)))).collect()
                }
                Some(verb) => vec![("", method_arn(&lit(&verb.to_ascii_uppercase()), path))],
                None => vec![("", method_arn(method, path))],
            },
        }
    }

    /// The id that AWS gives an authorizer; one of an OpenAPI body is known by its name only.
    fn authorizer_id(&self, call: &Call, id: &Text) -> Text {
        match id.as_known() {
            Some(name) => self.names.attribute(call.resource, &format!("{}{name}", text::AUTHORIZER)),
            None => id.clone(),
        }
    }

    /// Whether a call may invoke its target on a stage.
    pub fn verdict(&self, api: &Api, call: &Call, stage: &ApiStage, target: &FunctionRef, guard: &Guard) -> Verdict {
        let sources = self.sources(api, call, stage);
        let Some(presence) = call.presence.and(&stage.presence).and_then(|p| p.and(guard)) else {
            return Verdict::Undecided("the stage and the integration never exist together".to_owned(), call.uri.span);
        };
        let caller: Vec<ResourceId> = api.resource.into_iter().chain([stage.resource]).collect();
        let ask = |source: &Text| {
            let sources = std::slice::from_ref(source);
            self.coverage(&CallQuestion {
                target,
                principals: &["apigateway.amazonaws.com"],
                sources,
                presence: &presence,
                caller: &caller,
            })
        };
        let Some((first, rest)) = sources.split_first() else { return Verdict::Fails(None) };
        let near = match ask(&first.1) {
            Coverage::Covered(permission) => return Verdict::Passes(permission),
            Coverage::Unknown(reason, span) => return Verdict::Undecided(reason, span),
            Coverage::Uncovered(near) => near,
        };
        let covered: Vec<(&'static str, ResourceId)> = rest
            .iter()
            .filter_map(|(verb, source)| match ask(source) {
                Coverage::Covered(permission) => Some((*verb, permission)),
                _ => None,
            })
            .collect();
        // What covers some of the methods is nearer than anything that covers none.
        let partial = covered.first().and_then(|(_, permission)| self.too_narrow(*permission));
        match covered.is_empty() {
            true => Verdict::Fails(near),
            false => Verdict::FailsInPart(covered.into_iter().map(|(verb, _)| verb).collect(), partial.or(near)),
        }
    }
}

/// Whether a URI is `arn:<partition>:apigateway:<region>:<service>:…` of a service that is not Lambda, whatever the region.
fn calls_another_service(uri: &Text) -> bool {
    called_service(uri).is_some_and(|service| service != "lambda")
}

fn unknown(uri: &Value, otherwise: &str) -> Target {
    let reason = uri.first_unknown().map_or_else(|| otherwise.to_owned(), |hole| hole.message());
    Target::Unknown(reason, uri.span)
}

/// Whether a text names pseudo parameters as CloudFormation does not: `AWS::REGION` without `${}`, for which nothing but a build puts
/// a value.
fn is_template_of_build(text: &Text) -> bool {
    let shown = text.to_string();
    shown.contains("AWS::") && !shown.contains("${AWS::")
}

/// The target within an invoke URI: what stands between `functions/` and `/invocations`.
fn invoked(uri: &Text) -> Option<Text> {
    let (_, rest) =
        text::cut(uri, ":lambda:path/2015-03-31/functions/").or_else(|| text::cut(uri, ":lambda:path/2021-11-15/functions/"))?;
    let target = text::strip_suffix(&rest, "/response-streaming-invocations").or_else(|| text::strip_suffix(&rest, "/invocations"));
    // A URI without the ending calls nothing: rule `integration-uri` says so; the target is read all the same.
    Some(target.unwrap_or(rest))
}
