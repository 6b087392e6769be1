//! What is a part of what, what is encrypted with which key, and what mentions what.

use super::super::Graph;
use super::super::functions::function_ref;
use super::super::triggers::values;
use super::{Edge, Flow, Node, Relation, Relations};
use crate::finding::Label;
use crate::model::read;
use crate::value::{Guard, ResourceId};

/// How many explicit dependencies of one resource are read: each resource of a module waits for each of another's where one call
/// depends on the other.
const MAX_DEPENDENCIES: usize = 256;

/// What is a part of another resource: the type, the attribute that names the whole, and what it is there; CloudFormation and
/// Terraform.
static PARTS: &[(&str, &str, &str)] = &[
    ("AWS::Lambda::Alias", "FunctionName", "alias"),
    ("aws_lambda_alias", "function_name", "alias"),
    ("AWS::Lambda::Version", "FunctionName", "version"),
    ("AWS::Lambda::Url", "TargetFunctionArn", "URL"),
    ("aws_lambda_function_url", "function_name", "URL"),
    ("AWS::RDS::DBInstance", "DBClusterIdentifier", "instance"),
    ("aws_rds_cluster_instance", "cluster_identifier", "instance"),
    ("AWS::EC2::Subnet", "VpcId", "subnet"),
    ("aws_subnet", "vpc_id", "subnet"),
];

pub(super) fn add(graph: &Graph<'_>, relations: &mut Relations) {
    for (kind, attribute, what) in PARTS {
        let kinds = [*kind];
        for resource in graph.of_kinds(&kinds) {
            for (guard, whole) in read(&resource.attributes, attribute).alternatives() {
                let function = || function_ref(&graph.names, &whole, resource).and_then(|f| graph.functions.function(&f));
                let named = graph.referent(&whole).map(|r| r.id).or_else(|| kind.contains("ambda").then(function).flatten());
                let Some((named, guard)) = named.zip(resource.presence.and(&guard)).filter(|(named, _)| *named != resource.id) else {
                    continue;
                };
                let relation = if *what == "subnet" { Relation::In } else { Relation::PartOf };
                let flow = match *what {
                    "alias" | "version" | "URL" => Flow::Forward,
                    "instance" => Flow::Backward,
                    _ => Flow::No,
                };
                let label = Label::new(whole.span.or(resource.name_span), format!("`{}` names it", resource.address));
                let edge = Edge::new(relation, guard).detail(*what).shown_by(label).flow(flow);
                relations.add(Node::Resource(resource.id), Node::Resource(named), edge);
            }
        }
    }
    stages(graph, relations);
    keys(graph, relations);
    mentions(graph, relations);
}

/// The API of an entry as a node: one that is only referred to lies outside.
pub(super) fn api_node(resource: Option<ResourceId>, id: &crate::value::Text) -> Node {
    resource.map_or_else(|| Node::Outside(id.to_string().into()), Node::Resource)
}

fn stages(graph: &Graph<'_>, relations: &mut Relations) {
    for api in &graph.apis.all {
        for stage in &api.stages {
            let label = Label::new(graph.resource(stage.resource).name_span, format!("stage `{}`", stage.name));
            let edge = Edge::new(Relation::PartOf, stage.presence.clone()).detail("stage").shown_by(label).flow(Flow::Backward);
            relations.add(Node::Stage(stage.resource), api_node(api.resource, &api.id), edge);
        }
    }
}

fn keys(graph: &Graph<'_>, relations: &mut Relations) {
    for (id, own) in graph.key_uses() {
        let resource = graph.resource(id);
        let Some(guard) = resource.presence.and(&own.guard) else { continue };
        let key = own.key.map_or_else(|| Node::Outside(own.value.to_string().into()), |key| Node::Resource(key.id));
        let label = Label::new(own.value.span.or(resource.name_span), "the key is given here");
        relations.add(key, Node::Resource(id), Edge::new(Relation::Encrypts, guard).shown_by(label));
    }
    for (kind, path) in [("AWS::Lambda::Function", "KmsKeyArn"), ("aws_lambda_function", "kms_key_arn")] {
        let kinds = [kind];
        for function in graph.of_kinds(&kinds) {
            for value in values(&function.attributes, path) {
                let Some(key) = graph.referent(&value) else { continue };
                let label = Label::new(value.span.or(function.name_span), "the key of the environment is given here");
                let edge = Edge::new(Relation::Encrypts, function.presence.clone()).detail("environment").shown_by(label);
                relations.add(Node::Resource(key.id), Node::Resource(function.id), edge);
            }
        }
    }
}

fn mentions(graph: &Graph<'_>, relations: &mut Relations) {
    for resource in &graph.unit.resources {
        let mut add = |to: ResourceId, relation| {
            if to != resource.id && (to.0 as usize) < graph.unit.resources.len() {
                relations.add(Node::Resource(resource.id), Node::Resource(to), Edge::new(relation, Guard::always()));
            }
        };
        resource.references.iter().for_each(|to| add(*to, Relation::References));
        resource.depends_on.iter().take(MAX_DEPENDENCIES).for_each(|to| add(to, Relation::DependsOn));
    }
}
