//! The ARNs that a unit writes: where they stand, what cannot be right in them, and which of them name its own resources.

use std::sync::LazyLock;

use super::Graph;
use super::arn::Arn;
use super::endpoints::Shape;
use crate::model::names::partition_of;
use crate::model::{document, read};
use crate::text;
use crate::text::placeholder;
use crate::unit::{Mode, Resource};
use crate::value::{Kind, Part, ResourceId, Text, Value};

/// An ARN of the source.
#[derive(Debug)]
pub struct ArnUse {
    /// The resource that it is written in.
    pub resource: ResourceId,
    /// The attribute at the top of it.
    pub attribute: String,
    /// What is written; no choice.
    pub value: Value,
    /// Whether the list that it stands in has more ARNs.
    pub listed: bool,
    /// Whether a policy or selector takes it as the beginning of ARNs: what is left out at its end stands for anything.
    pub open_ended: bool,
}

/// What cannot be right in an ARN.
#[derive(Clone, Debug, PartialEq)]
pub enum Flaw {
    /// `${AWS::Region}` as text, outside `Fn::Sub`.
    Placeholder,
    /// Fewer than six parts.
    Parts(usize),
    /// The account: what stands there.
    Account(String),
    /// The region: what stands there.
    Region(String),
    /// The partition, and the one that the region is in.
    Partition(String, &'static str),
    /// A part of the unit's own resource's ARN: "region" or "account", what stands there, what is right, the resource, and what
    /// follows its own ARN.
    Differs(&'static str, String, String, ResourceId, Text),
}

/// What is under these is no ARN of the deploy, or a pattern over ARNs.
const SKIPPED: &[&str] = &[
    "description",
    "tags",
    "tags_all",
    "environment",
    "comment",
    "metadata",
    "body",
    "userdata",
    "user_data",
    "value",
    "eventpattern",
    "event_pattern",
    "filterpolicy",
    "filter_policy",
    "condition",
    "message",
    "pattern",
    "searchstring",
    "search_string",
    "prefix",
    "content",
    "code",
    "functioncode",
    "name",
    "inputparameters",
    "input_parameters",
    "defaultarguments",
    "default_arguments",
    "input",
    "filter",
    "filters",
    "filtercriteria",
    "filter_criteria",
    "key",
    "script",
    "commands",
    "buildspec",
    "definitionstring",
    "definition_string",
];

/// Deeper than any attribute that holds an ARN.
const MAX_DEPTH: usize = 24;

/// Services whose ARNs name a region always.
const REGIONAL: &[&str] =
    &["lambda", "sqs", "dynamodb", "kinesis", "secretsmanager", "execute-api", "firehose", "states", "sns", "kms", "logs"];

/// Services whose resources are copied to other regions under their own name.
const COPIED: &[&str] = &["kms", "secretsmanager", "dynamodb", "rds", "backup", "ecr"];

/// Beginnings of the regions of the partition `aws`.
const COMMERCIAL: &[&str] = &["us-east-", "us-west-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"];

/// Properties that take a whole ARN and no name: API references of the services, on the field.
static ARN_ONLY: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    vec![
        ("AWS::Lambda::Function", "Role"),
        ("aws_lambda_function", "role"),
        ("AWS::Lambda::Permission", "SourceArn"),
        ("aws_lambda_permission", "source_arn"),
        ("AWS::ApiGateway::Method", "Integration.Credentials"),
        ("aws_api_gateway_integration", "credentials"),
        ("AWS::StepFunctions::StateMachine", "RoleArn"),
        ("aws_sfn_state_machine", "role_arn"),
        ("AWS::Scheduler::Schedule", "Target.RoleArn"),
        ("aws_scheduler_schedule", "target.role_arn"),
        ("aws_cloudwatch_event_target", "role_arn"),
        ("AWS::Pipes::Pipe", "RoleArn"),
        ("aws_pipes_pipe", "role_arn"),
        ("AWS::Logs::SubscriptionFilter", "RoleArn"),
        ("aws_cloudwatch_log_subscription_filter", "role_arn"),
    ]
});

/// CloudTrail takes `arn:aws:s3`, every bucket, as well as whole ARNs (CloudTrail API Reference, "DataResource").
const SELECTORS: [&str; 2] = ["EventSelectors", "event_selector"];

/// Beginnings of ARNs that need not end where a part does (the same, "AdvancedFieldSelector").
const ADVANCED_SELECTORS: [&str; 2] = ["AdvancedEventSelectors", "advanced_event_selector"];

/// Attributes that take a function's name or ARN (AWS Lambda API Reference, on `FunctionName`).
const FUNCTIONS: &[(&str, &str)] = &[
    ("AWS::Lambda::Permission", "FunctionName"),
    ("aws_lambda_permission", "function_name"),
    ("AWS::Lambda::EventSourceMapping", "FunctionName"),
    ("aws_lambda_event_source_mapping", "function_name"),
    ("AWS::Lambda::EventInvokeConfig", "FunctionName"),
    ("aws_lambda_function_event_invoke_config", "function_name"),
    ("AWS::Lambda::Alias", "FunctionName"),
    ("aws_lambda_alias", "function_name"),
    ("AWS::Lambda::Version", "FunctionName"),
    ("AWS::Lambda::Url", "TargetFunctionArn"),
    ("aws_lambda_function_url", "function_name"),
    ("aws_lambda_invocation", "function_name"),
    ("aws_lambda_provisioned_concurrency_config", "function_name"),
];

impl Flaw {
    /// What is written, where somebody made it up, or left it for a script to fill in: none of the two is a slip.
    pub fn made_up(&self) -> Option<&str> {
        match self {
            Flaw::Account(written) => Some(written.as_str()).filter(|w| is_filled_in(w) || is_for_an_account(w)),
            Flaw::Region(written) => Some(written.as_str()).filter(|w| is_filled_in(w)),
            Flaw::Differs(_, written, ..) => Some(written.as_str()).filter(|w| placeholder::is_made_up(w)),
            Flaw::Placeholder | Flaw::Parts(_) | Flaw::Partition(..) => None,
        }
    }
}

impl Graph<'_> {
    /// Every text of the unit that is an ARN, in order.
    pub fn arn_uses(&self) -> Vec<ArnUse> {
        let mut out = Vec::new();
        // What SAM writes is not the owner's; a data source reads.
        for resource in self.unit.resources.iter().filter(|r| r.mode == Mode::Managed && r.origin.is_none() && is_aws(r)) {
            let Some(map) = resource.attributes.as_map() else { continue };
            for (name, value) in map.entries.iter().filter(|(name, _)| !is_skipped(name) && !ADVANCED_SELECTORS.contains(&name.as_str())) {
                let at = Place { resource: resource.id, attribute: name, open_ended: SELECTORS.contains(&name.as_str()), listed: false };
                collect(at, value, 0, &mut out);
            }
        }
        out
    }

    /// What is written where only an ARN is taken, and is none for sure: the attribute and the value.
    pub fn names_for_arns(&self) -> Vec<(ResourceId, &'static str, Value)> {
        let mut out = Vec::new();
        for (kind, path) in ARN_ONLY.iter() {
            for resource in self.of_kinds(&[kind]).filter(|r| r.origin.is_none()) {
                let attribute = path.rsplit('.').next().unwrap_or(path);
                let value = read(&resource.attributes, path);
                let is_name = |v: &Value| {
                    let open = self.names.text(v).is_some_and(|t| t.parts().iter().any(|p| matches!(p, Part::Unknown(_))));
                    self.shape(v) == Shape::Name && !open
                };
                out.extend(value.alternatives().into_iter().filter(|(_, v)| is_name(v)).map(|(_, v)| (resource.id, attribute, v)));
            }
        }
        out
    }

    /// What stands where a function is named, and is the ARN of something else: the attribute, the value and what it is.
    pub fn no_functions(&self) -> Vec<(ResourceId, &'static str, Value, Shape)> {
        let mut out = Vec::new();
        for (kind, attribute) in FUNCTIONS {
            for resource in self.of_kinds(&[kind]).filter(|r| r.origin.is_none()) {
                for (_, value) in read(&resource.attributes, attribute).alternatives() {
                    match self.shape(&value) {
                        Shape::Arn(service, _) if service == "lambda" || service.contains(['*', '$']) => {}
                        shape @ (Shape::Arn(..) | Shape::Url(_)) => out.push((resource.id, *attribute, value, shape)),
                        _ => {}
                    }
                }
            }
        }
        out
    }

    /// What cannot be right in an ARN; `None` where nothing is. The second part: what only the deploy can tell.
    pub fn arn_flaw(&self, found: &ArnUse) -> (Option<Flaw>, Option<String>) {
        let Some(text) = self.names.text(&found.value) else { return (None, None) };
        let owner = self.resource(found.resource);
        if owner.kind.contains("::") && text::contains(&text, "${AWS::") {
            return (Some(Flaw::Placeholder), None);
        }
        let mut parts = text::split_literal(&text, ':', 6);
        let written = parts.len();
        if found.open_ended {
            parts.resize(6, Text::literal("*"));
        }
        let [_, partition, service, region, account, _] = parts.as_slice() else {
            return (text.as_known().filter(|t| !t.contains('*')).map(|_| Flaw::Parts(written)), None);
        };
        let own = self.flaw_against_own(found, &text);
        let service = service.as_known().unwrap_or_default();
        let flaw = account_flaw(service, account).or_else(|| region_flaw(service, region)).or_else(|| partition_flaw(partition, region));
        match (flaw, own) {
            // A `*` that ends a part goes on beyond its colon: what follows need not be the part that it looks like.
            (Some(flaw), _) if found.open_ended && shifted(&flaw, parts.get(1..written.min(5) - 1).unwrap_or_default(), written) => {
                (None, None)
            }
            // One part too few in the midst shifts the others.
            (Some(_), _) if written < 6 => (Some(Flaw::Parts(written)), None),
            (Some(flaw), _) => (Some(flaw), None),
            (None, Some(Ok(flaw))) => (Some(flaw), None),
            (None, Some(Err(reason))) => (None, Some(reason)),
            (None, None) => (None, None),
        }
    }

    /// How the ARN of a resource of the unit differs from that resource's own; `Err` where only the deploy can tell.
    fn flaw_against_own(&self, found: &ArnUse, text: &Text) -> Option<Result<Flaw, String>> {
        let arn = Arn::parse(text)?;
        // Several ARNs of one thing may stand for its copies; and a resource in a list of ARNs is one of several by intent.
        if found.listed || COPIED.contains(&arn.service().as_known()?) {
            return None;
        }
        let references = found.value.references();
        let [owner] = references.as_slice() else { return None };
        let owner = self.resource(*owner);
        let own = self.own_arn(owner)?;
        let rest = after(arn.resource(), own.resource()).filter(|_| own.service() == arn.service())?;
        if owner.mode != Mode::Managed {
            return None;
        }
        let mut open = None;
        for (what, written, right) in [("region", arn.region(), own.region()), ("account", arn.account(), own.account())] {
            match (written.as_known().filter(|w| !w.is_empty() && !w.contains(['*', '?'])), right.as_known()) {
                (Some(written), Some(right)) if written != right => {
                    return Some(Ok(Flaw::Differs(what, written.to_owned(), right.to_owned(), owner.id, rest)));
                }
                (Some(_), None) => open = Some(Err(format!("the unit's own {what} is not known (give it with --region or --account-id)"))),
                _ => {}
            }
        }
        open
    }

    fn own_arn(&self, owner: &Resource) -> Option<Arn> {
        let attributes: &[&str] = if owner.kind.contains("::") { &["Arn", "Ref"] } else { &["execution_arn", "arn"] };
        let api = ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"].contains(&owner.kind.as_str());
        if api {
            return Arn::parse(&self.names.fill_template(owner.id, "arn:{P}:execute-api:{R}:{A}:{id}"));
        }
        attributes.iter().find_map(|attribute| Arn::parse(&self.names.attribute(owner.id, attribute)))
    }

    /// The regions of an invoke ARN and of the function in it, where both are known and differ: Lambda takes no call for a function
    /// of another region.
    pub fn invoke_regions(&self, found: &ArnUse) -> Option<(String, String)> {
        let text = self.names.text(&found.value)?;
        let outer = Arn::parse(&text).filter(|arn| arn.service().as_known() == Some("apigateway"))?;
        let (_, function) = text::cut(&text, "/functions/")?;
        let inner = Arn::parse(&function).filter(|arn| arn.service().as_known() == Some("lambda"))?;
        let (outer, inner) = (outer.region().as_known()?, inner.region().as_known()?);
        (outer != inner && is_region(outer) && is_region(inner)).then(|| (outer.to_owned(), inner.to_owned()))
    }
}

/// Other providers, custom resources and modules give attributes a meaning of their own.
fn is_aws(resource: &Resource) -> bool {
    resource.kind.starts_with("AWS::") && !resource.kind.starts_with("AWS::SSM::Parameter") || resource.kind.starts_with("aws_")
}

fn is_skipped(name: &str) -> bool {
    SKIPPED.iter().any(|skipped| name.eq_ignore_ascii_case(skipped))
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    resource: ResourceId,
    attribute: &'a str,
    open_ended: bool,
    listed: bool,
}

fn collect(at: Place<'_>, value: &Value, depth: usize, out: &mut Vec<ArnUse>) {
    if depth > MAX_DEPTH {
        return;
    }
    match &value.kind {
        Kind::Map(map) => {
            for (name, value) in map.entries.iter().filter(|(name, _)| !is_skipped(name)) {
                // IAM completes ARNs with `*` (IAM User Guide, "IAM JSON policy elements: Resource").
                let open_ended = at.open_ended || ["Resource", "NotResource"].iter().any(|own| own.eq_ignore_ascii_case(name));
                collect(Place { open_ended, listed: false, ..at }, value, depth + 1, out);
            }
        }
        Kind::List(list) => {
            let listed = list.items.iter().filter(|v| is_arn(v)).count() > 1;
            list.items.iter().for_each(|v| collect(Place { listed, ..at }, v, depth + 1, out));
        }
        Kind::Choice(branches) => branches.iter().for_each(|(_, v)| collect(at, v, depth + 1, out)),
        Kind::Text(_) if is_arn(value) => out.push(ArnUse {
            resource: at.resource,
            attribute: at.attribute.to_owned(),
            value: value.clone(),
            listed: at.listed,
            open_ended: at.open_ended,
        }),
        Kind::Text(text) if at.attribute.contains("olicy") && starts_as_document(text) => {
            let document = structure(value);
            if matches!(document.kind, Kind::Map(_)) {
                collect(Place { listed: false, ..at }, &document, depth + 1, out);
            }
        }
        _ => {}
    }
}

/// The document that a text was encoded from, or else what can be read from it, without places of its own.
pub(super) fn structure(value: &Value) -> Value {
    match &value.made_of {
        Some(structure) => structure.as_ref().clone(),
        None => document::parse(value),
    }
}

fn head(text: &Text) -> Option<Part> {
    text.parts().into_iter().next()
}

fn is_arn(value: &Value) -> bool {
    matches!(&value.kind, Kind::Text(text) if matches!(head(text), Some(Part::Literal(head)) if head.starts_with("arn:")))
}

fn starts_as_document(text: &Text) -> bool {
    matches!(head(text), Some(Part::Literal(head)) if head.trim_start().starts_with('{'))
}

/// What follows a text that another begins with; `None` where it does not, or a name goes on.
fn after(text: &Text, beginning: &Text) -> Option<Text> {
    let (text, beginning) = (text.parts(), beginning.parts());
    let (last, before) = beginning.split_last()?;
    let common = text.len() >= beginning.len() && text.iter().zip(before).all(|(a, b)| text::same_hole(a, b) || a == b);
    let rest = text.get(beginning.len()..).unwrap_or_default().iter().cloned();
    let rest = match (text.get(before.len()).filter(|_| common)?, last) {
        (Part::Literal(a), Part::Literal(b)) => {
            let more = Part::Literal(a.strip_prefix(b.as_str())?.into());
            Text::from_parts(std::iter::once(more).chain(rest))
        }
        (a, b) if text::same_hole(a, b) => Text::from_parts(rest),
        _ => return None,
    };
    let goes_on = match rest.parts().first() {
        None => false,
        Some(Part::Literal(more)) => more.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')),
        Some(_) => true,
    };
    (!goes_on).then_some(rest)
}

/// Whether a flaw of a pattern in a policy comes of a `*` at the end of a part before it, which takes in parts that are not written
/// (IAM User Guide, "IAM JSON policy elements: Resource").
fn shifted(flaw: &Flaw, before: &[Text], written: usize) -> bool {
    let beyond = match flaw {
        Flaw::Account(written) => written == "log-group" || written.contains('/'),
        _ => false,
    };
    (written < 6 || beyond) && before.iter().any(|part| text::strip_suffix(part, "*").is_some())
}

/// Twelve digits; nothing, where the service has none; or a word that AWS has for its own.
fn account_flaw(service: &str, account: &Text) -> Option<Flaw> {
    let account = account.as_known()?;
    let digits = account.chars().all(|c| c.is_ascii_digit() || c == '-');
    let placeholder = account.contains(['<', '>', '_', '{', '[']) || is_filled_in(account) || is_for_an_account(account);
    let own_word = account.starts_with("aws") || service == "iam" && account == "cloudfront";
    let wrong = match account {
        "" => false,
        _ if account.contains(['*', '?', '$']) || own_word => false,
        _ if digits => account.len() != 12 || account.contains('-'),
        _ => placeholder || REGIONAL.contains(&service),
    };
    wrong.then(|| Flaw::Account(account.to_owned()))
}

fn is_filled_in(part: &str) -> bool {
    placeholder::is_placeholder(&Text::literal(part))
}

/// `AccountId`, `aws-account`.
fn is_for_an_account(part: &str) -> bool {
    part.to_ascii_lowercase().contains("account")
}

fn region_flaw(service: &str, region: &Text) -> Option<Flaw> {
    let region = region.as_known()?;
    let checked = REGIONAL.contains(&service) && !region.is_empty() && !region.contains(['*', '?', '$']);
    (checked && !is_region(region)).then(|| Flaw::Region(region.to_owned()))
}

/// Words and a number: `eu-west-1`, `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let pieces: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = pieces.split_last() else { return false };
    let word = |w: &&str| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase());
    words.len() >= 2 && words.iter().all(word) && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
}

fn partition_flaw(partition: &Text, region: &Text) -> Option<Flaw> {
    let (partition, region) = (partition.as_known()?, region.as_known()?);
    let expected = partition_of(region);
    let known = expected != "aws" || COMMERCIAL.iter().any(|head| region.starts_with(head));
    let wrong = is_region(region) && known && partition != expected && !partition.contains(['*', '?']);
    wrong.then(|| Flaw::Partition(partition.to_owned(), expected))
}
