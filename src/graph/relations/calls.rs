//! Who calls functions: APIs on each of their stages, and the services behind triggers.

use super::super::Graph;
use super::super::apis::{Api, ApiStage, Call};
use super::super::functions::FunctionRef;
use super::super::invocations::{Target, Verdict};
use super::super::services::ServiceUse;
use super::super::triggers::Use;
use super::parts::api_node;
use super::{Asked, Edge, Need, NeedKind, Node, Relation, Relations};
use crate::finding::Label;
use crate::gap::Gap;
use crate::iam::{self, Caller, ResourceSet};
use crate::value::{Guard, ResourceId, Value};

pub(super) fn add(graph: &Graph<'_>, relations: &mut Relations) {
    for api in &graph.apis.all {
        let node = api_node(api.resource, &api.id);
        if let Some((reason, cause)) = &api.open {
            relations.open(node.clone(), Gap::new(format!("the API may have more integrations: {reason}"), *cause));
        }
        for call in &api.calls {
            add_call(graph, api, call, relations);
        }
        for service in &api.services {
            if service.subtype.first_unknown().is_none() {
                add_service(graph, &node, &service.call, &graph.subtype_use(service), &service.call.presence, relations);
            }
        }
    }
    let (uses, gaps) = graph.triggers();
    uses.iter().for_each(|used| add_trigger(graph, used, relations));
    for (resource, gap) in gaps {
        relations.open(Node::Resource(resource), gap);
    }
}

/// The alias or version, else the function, else what the source names.
pub(super) fn function_node(graph: &Graph<'_>, target: &FunctionRef) -> Node {
    let known = graph.functions.alias(target).or_else(|| graph.functions.function(target));
    known.map_or_else(|| Node::Outside(target.to_string().into()), Node::Resource)
}

fn add_call(graph: &Graph<'_>, api: &Api, call: &Call, relations: &mut Relations) {
    for (guard, uri) in call.uri.alternatives() {
        let Some(present) = call.presence.and(&guard) else { continue };
        if let Some(used) = graph.service_use(call, &uri) {
            add_service(graph, &api_node(api.resource, &api.id), call, &used, &present, relations);
        }
        for stage in &api.stages {
            let runs: &[bool] = if stage.has_canary() { &[false, true] } else { &[false] };
            for canary in runs {
                add_stage_call(graph, api, call, stage, (&uri, &guard), *canary, relations);
            }
        }
    }
}

fn add_stage_call(
    graph: &Graph<'_>,
    api: &Api,
    call: &Call,
    stage: &ApiStage,
    (uri, guard): (&Value, &Guard),
    canary: bool,
    relations: &mut Relations,
) {
    let node = Node::Stage(stage.resource);
    let target = match graph.target(api, uri, stage, canary) {
        Target::Function(target) => target,
        Target::Other => return,
        Target::Undefined(name) => {
            let gap = Gap::new(format!("stage variable `{name}` is not defined"), stage.variables.span);
            return relations.open(node, gap);
        }
        Target::Invalid(name) => return relations.open(node, Gap::new(format!("`{name}` is no function"), uri.span)),
        Target::Unknown(reason, cause) => return relations.open(node, Gap::new(reason, cause)),
    };
    let Some(when) = call.presence.and(&stage.presence).and_then(|p| p.and(guard)) else { return };
    let need = match call.credentials.is_null() || call.credentials.as_str() == Some("") {
        true => permission(graph, api, call, stage, &target, guard),
        false => by_role(graph, call, uri, &target, &when),
    };
    let shown = if canary { format!("{} (canary)", call.shown()) } else { call.shown() };
    let place = uri.span.or(graph.resource(call.resource).name_span);
    let edge = Edge::new(Relation::Calls, when)
        .detail(shown)
        .by(call.resource)
        .shown_by(Label::new(place, format!("`{}` calls it", call.shown())))
        .shown_by(Label::new(graph.resource(stage.resource).name_span, format!("on stage `{}`", stage.shown(canary))))
        .needs(vec![need.at(call.uri.span)]);
    relations.add(node, function_node(graph, &target), edge);
}

fn permission(graph: &Graph<'_>, api: &Api, call: &Call, stage: &ApiStage, target: &FunctionRef, guard: &Guard) -> Need {
    let asked = match graph.verdict(api, call, stage, target, guard) {
        Verdict::Passes(permission) => Asked::Met(graph.resource(permission).name_span),
        Verdict::Fails(_) | Verdict::Impossible => Asked::NotMet("no permission covers the call".to_owned()),
        Verdict::FailsInPart(methods, _) => Asked::NotMet(format!("only {} of the methods are covered", methods.join(", "))),
        Verdict::Undecided(reason, cause) => Asked::Unknown(Gap::new(reason, cause)),
    };
    Need::new(graph, NeedKind::ApiPermission, call.resource, "a permission lets API Gateway invoke the function", asked)
}

fn by_role(graph: &Graph<'_>, call: &Call, uri: &Value, target: &FunctionRef, when: &Guard) -> Need {
    let arn = target.arn(&graph.names);
    let needs = [vec![iam::Need::on("lambda:InvokeFunction", arn, Caller::Function)]];
    let asked = graph.role_allows(&call.credentials, &needs, &ResourceSet::default(), when);
    Need::new(graph, NeedKind::ApiRole, call.resource, "the role of the integration allows the call", asked).at(uri.span)
}

fn add_service(graph: &Graph<'_>, api: &Node, call: &Call, used: &ServiceUse, when: &Guard, relations: &mut Relations) {
    let declared = used.target.as_ref().and_then(|(value, arn)| graph.referent(value).or_else(|| graph.owner_of_arn(arn)));
    let to = declared.map_or_else(|| Node::Outside(used.shown.clone().into()), |r| Node::Resource(r.id));
    let on = declared.map(|r| graph.policies_on(r)).unwrap_or_default();
    let asked = match used.needs.is_empty() {
        true => Asked::Nothing,
        false => graph.role_allows(&call.credentials, std::slice::from_ref(&used.needs), &on, when),
    };
    let place = call.credentials.span.or(graph.resource(call.resource).name_span);
    let need = Need::new(graph, NeedKind::ApiRole, call.resource, "the role of the integration allows the call", asked).at(place);
    let edge = Edge::new(Relation::Calls, when.clone())
        .detail(call.shown())
        .by(call.resource)
        .shown_by(Label::new(graph.resource(call.resource).name_span, format!("`{}` calls {}", call.shown(), used.shown)))
        .needs(vec![need]);
    relations.add(api.clone(), to, edge);
}

/// The resource that a trigger belongs to, where it is declared apart from it: the bucket of a notification, the topic of a
/// subscription.
pub(super) fn source_of(graph: &Graph<'_>, resource: ResourceId) -> Option<Node> {
    const NAMED_BY: &[(&str, &str)] = &[
        ("aws_s3_bucket_notification", "bucket"),
        ("aws_sns_topic_subscription", "topic_arn"),
        ("AWS::SNS::Subscription", "TopicArn"),
        ("aws_cloudwatch_event_target", "rule"),
        ("aws_cloudwatch_log_subscription_filter", "log_group_name"),
        ("AWS::Logs::SubscriptionFilter", "LogGroupName"),
        ("aws_lb_target_group_attachment", "target_group_arn"),
        ("aws_alb_target_group_attachment", "target_group_arn"),
        ("aws_secretsmanager_secret_rotation", "secret_id"),
        ("AWS::SecretsManager::RotationSchedule", "SecretId"),
        ("aws_codecommit_trigger", "repository_name"),
    ];
    let declared = graph.resource(resource);
    let (_, path) = NAMED_BY.iter().find(|(kind, _)| *kind == declared.kind.as_str())?;
    let value = crate::model::read(&declared.attributes, path);
    match graph.referent(&value).or_else(|| graph.owner_of_arn(&graph.names.text(&value)?)) {
        Some(source) => Some(Node::Resource(source.id)),
        None => Some(Node::Outside(value.to_string().into())),
    }
}

fn add_trigger(graph: &Graph<'_>, used: &Use, relations: &mut Relations) {
    let resource = graph.resource(used.resource);
    let from = source_of(graph, used.resource);
    let Some((target, coverage)) = used.coverage(graph) else {
        let gap = Gap::of_or(&used.value, || "the function is not known".to_owned());
        return relations.open(from.unwrap_or(Node::Resource(used.resource)), gap);
    };
    let place = used.value.span.or(resource.name_span);
    let what = format!("a permission lets {} invoke the function", used.trigger.principals[0]);
    let asked = match used.role.is_null() {
        true => Asked::coverage(graph, coverage),
        // With a role too, what the one does not allow the other may: the rule's finding or doubt says.
        false => match coverage {
            Coverage::Covered(_) => Asked::coverage(graph, coverage),
            other => trigger_role(graph, used, &target, Asked::coverage(graph, other)),
        },
    };
    let need = Need::new(graph, NeedKind::TriggerPermission, used.resource, what, asked).at(place);
    let relation = if used.trigger.name == "SNS subscription" { Relation::Delivers } else { Relation::Triggers };
    let mut edge = Edge::new(relation, used.presence.clone())
        .detail(used.trigger.name)
        .shown_by(Label::new(place, format!("{} of `{}`", used.trigger.name, resource.address)))
        .needs(vec![need]);
    if from.is_some() {
        edge = edge.by(used.resource);
    }
    relations.add(from.unwrap_or(Node::Resource(used.resource)), function_node(graph, &target), edge);
}

use super::super::permissions::Coverage;

fn trigger_role(graph: &Graph<'_>, used: &Use, target: &FunctionRef, otherwise: Asked) -> Asked {
    let needs = [vec![iam::Need::on("lambda:InvokeFunction", target.arn(&graph.names), Caller::Function)]];
    match graph.role_allows(&used.role, &needs, &ResourceSet::default(), &used.presence) {
        Asked::NotMet(_) => otherwise,
        other => other,
    }
}
