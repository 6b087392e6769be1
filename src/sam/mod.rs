//! Expands a SAM template to CloudFormation as AWS's translator does (`Transform: AWS::Serverless-2016-10-31`), at the level of
//! trees: before parameters, conditions and intrinsic functions are resolved.
//!
//! The behaviour is that of `aws-sam-translator` 1.115.0; `testdata/oracles/sam` holds its answers. In one thing this differs
//! on purpose: a mistake is reported with its place and the rest of the template still expands, where the translator gives up.

mod api_gateway;
mod connector;
mod deployment;
mod events;
mod function;
mod globals;
mod graphql;
mod hash;
mod implicit;
mod micro_vm;
mod openapi;
mod others;
mod parameters;
mod policies;
mod references;
mod resource;
mod shapes;
mod state_machine;
mod tree;
mod web_function;

use indexmap::{IndexMap, IndexSet};

use self::resource::Resource;
use self::tree::{At, MAX_NODES, Map, TooLarge, Tree};
use crate::source::Span;
use crate::syntax::node::{Node, SyntaxError};
use crate::value::Str;

/// Gives the value of a parameter (or pseudo parameter) as text, where it is known: the translator needs a few at once.
pub type Parameters<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads and parses a file that the template names by a local path, as written there; `None` where there is no such file.
pub type Loader<'a> = &'a dyn Fn(&str) -> Option<Node>;

/// What a SAM template comes to.
#[derive(Clone, Debug)]
pub struct Expansion {
    /// The CloudFormation template. Generated nodes have the span of the SAM resource or event that caused them.
    pub template: Node,
    /// What AWS SAM refuses, in the order of the template's resources.
    pub problems: Vec<SyntaxError>,
    /// For each generated resource, by logical id, what it was generated for: ``SAM event `Get` of `Fn` ``.
    pub origins: IndexMap<Str, Str>,
    /// The logical ids of resources of a type that is AWS SAM's by its name, and not known here: what they make is not seen.
    pub unknown: Vec<Unknown>,
}

/// A resource of a type of AWS SAM that is not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Its logical id.
    pub id: Str,
    /// `AWS::Serverless::Thing`.
    pub kind: Str,
    /// Where it stands.
    pub span: Span,
}

/// Expands a template whose short tags are in their long form already (`{"Fn::Sub": …}`) and whose `Fn::ForEach` are unrolled.
pub fn expand(template: &Node, parameters: Parameters, load: Loader) -> Expansion {
    let mut budget = MAX_NODES;
    let mut tree = match Tree::from_node(template, &mut budget) {
        Ok(tree) => tree,
        Err(too_large) => {
            let (span, message) = match too_large {
                TooLarge::Deep(span) => (span, "nested too deeply to expand as a SAM template"),
                TooLarge::Long(span) => (span, "too many nodes to expand as a SAM template"),
            };
            let problems = vec![SyntaxError { message: message.to_owned(), span }];
            return Expansion { template: template.clone(), problems, origins: IndexMap::new(), unknown: Vec::new() };
        }
    };
    let Some(Tree { kind: tree::Kind::Map(resources), span, key, .. }) = tree.remove("Resources") else {
        return Expansion { template: template.clone(), problems: Vec::new(), origins: IndexMap::new(), unknown: Vec::new() };
    };
    let mut expander = Expander::new(&mut tree, resources, parameters, load);
    expander.run();
    expander.rewrite(&mut tree);
    let Expander { output, consumed, conditions, mut problems, origins, unknown, .. } = expander;
    let resources = output.into_iter().filter(|(id, _)| !consumed.contains(id)).collect();
    tree.set("Resources", At { span, key }.of(resources));
    if let Some(conditions) = conditions {
        tree.set("Conditions", conditions);
    }
    tree.remove("Transform");
    tree.remove("Globals");
    problems.sort_by(|a, b| (a.span.start, a.span.end, &a.message).cmp(&(b.span.start, b.span.end, &b.message)));
    problems.dedup();
    Expansion { template: tree.into_node(), problems, origins, unknown }
}

/// A step that failed; its problem says why.
type Outcome<T> = Result<T, SyntaxError>;

/// A failure at a place.
fn fail<T>(at: At, message: impl Into<String>) -> Outcome<T> {
    Err(SyntaxError { message: message.into(), span: at.span })
}

/// The state of one expansion.
struct Expander<'a> {
    parameters: Parameters<'a>,
    load: Loader<'a>,
    globals: Option<Tree>,
    mappings: Option<Tree>,
    /// The resources as SAM sees them: with globals merged in; API definitions grow here while events are expanded.
    source: Map,
    /// The resources of the result.
    output: Map,
    /// Ids of `output` that were SAM resources and are no more.
    consumed: IndexSet<Str>,
    conditions: Option<Tree>,
    problems: Vec<SyntaxError>,
    origins: IndexMap<Str, Str>,
    unknown: Vec<Unknown>,
    /// `Fn.Alias` and the like → the generated logical id.
    referable: IndexMap<Str, Str>,
    /// SAM resources whose logical id changed (layers get a hash).
    renamed: IndexMap<Str, Str>,
    connections: connector::Connections,
    deployments: deployment::Deployments,
    usage_plan: api_gateway::SharedUsagePlan,
    record_sets: IndexMap<String, Resource>,
}

impl<'a> Expander<'a> {
    fn new(template: &mut Tree, mut resources: Map, parameters: Parameters<'a>, load: Loader<'a>) -> Self {
        let mut problems = Vec::new();
        resources.retain(|id, resource| {
            let is_map = resource.map().is_some();
            if !is_map {
                problems.push(SyntaxError { message: format!("resource `{id}` must be a map"), span: resource.span });
            }
            is_map
        });
        Expander {
            parameters,
            load,
            globals: template.remove("Globals"),
            mappings: template.get("Mappings").cloned(),
            source: resources,
            output: Map::new(),
            consumed: IndexSet::new(),
            conditions: template.remove("Conditions").filter(|c| c.map().is_some()),
            problems,
            origins: IndexMap::new(),
            unknown: Vec::new(),
            referable: IndexMap::new(),
            renamed: IndexMap::new(),
            connections: Default::default(),
            deployments: Default::default(),
            usage_plan: Default::default(),
            record_sets: IndexMap::new(),
        }
    }

    fn run(&mut self) {
        self.check_properties();
        self.add_definition_bodies();
        self.add_implicit_rest_api();
        self.add_implicit_http_api();
        let globals = self.globals.take();
        self.merge_globals(globals.as_ref());
        self.globals = globals;
        self.lift_embedded_connectors();
        self.output = self.source.clone();
        self.expand_all();
        self.finish_deployments();
        self.rewrite_references();
    }

    /// SAM resources have a map of properties from here on.
    fn check_properties(&mut self) {
        let mut bad = Vec::new();
        for (id, resource) in self.source.iter_mut().filter(|(_, r)| is_serverless(r)) {
            let properties = resource.map().and_then(|m| m.get("Properties"));
            if properties.is_some_and(|p| p.map().is_none()) {
                bad.push((resource.at(), format!("`Properties` of `{id}` must be a map")));
                resource.remove("Properties");
            }
            resource.entry_map("Properties");
        }
        bad.into_iter().for_each(|(at, message)| self.problem(at, message));
    }

    /// Functions come first and connectors last, because each kind looks at what the kinds before it have made.
    fn expand_all(&mut self) {
        const ORDER: [&[&str]; 6] = [
            &["Function"],
            &["WebFunction"],
            &["StateMachine"],
            &["Api", "HttpApi", "WebSocketApi"],
            &["SimpleTable", "LayerVersion", "Application", "CapacityProvider", "GraphQLApi", "MicrovmImage", "NetworkConnector"],
            &["Connector"],
        ];
        let mut batches: [Vec<(Str, Str)>; 6] = Default::default();
        for (id, resource) in self.source.iter().filter(|(_, r)| is_serverless(r)) {
            let kind = resource.get_text("Type").and_then(|t| t.strip_prefix("AWS::Serverless::")).unwrap_or_default();
            match ORDER.iter().position(|kinds| kinds.contains(&kind)) {
                Some(batch) => batches[batch].push((id.clone(), kind.into())),
                None => {
                    let kind = resource.get_text("Type").unwrap_or_default().into();
                    self.unknown.push(Unknown { id: id.clone(), kind, span: resource.span });
                }
            }
        }
        for (id, kind) in batches.iter().flatten() {
            if kind == "Connector" && !self.connections.is_built() {
                self.index_connections();
            }
            self.expand_one(id, kind);
        }
    }

    fn expand_one(&mut self, id: &Str, kind: &str) {
        let Some(resource) = self.source.get(id).cloned() else { return };
        if !id.chars().all(|c| c.is_ascii_alphanumeric()) {
            self.problem(resource.at(), format!("logical id `{id}` must be alphanumeric"));
        }
        if let Some(properties) = resource.get("Properties") {
            self.check_shapes(kind, &format!("`{id}`"), properties);
        }
        let generated = match kind {
            "Function" => self.expand_function(id, &resource),
            "StateMachine" => self.expand_state_machine(id, &resource),
            "Api" => self.expand_rest_api(id, &resource),
            "HttpApi" => self.expand_http_api(id, &resource),
            "WebSocketApi" => self.expand_websocket_api(id, &resource),
            "SimpleTable" => self.expand_simple_table(id, &resource),
            "LayerVersion" => self.expand_layer(id, &resource),
            "Application" => self.expand_application(id, &resource),
            "CapacityProvider" => self.expand_capacity_provider(id, &resource),
            "GraphQLApi" => self.expand_graphql_api(id, &resource),
            "WebFunction" => self.expand_web_function(id, &resource),
            "MicrovmImage" => self.expand_micro_vm_image(id, &resource),
            "NetworkConnector" => self.expand_network_connector(id, &resource),
            _ => self.expand_connector(id, &resource),
        };
        self.consumed.insert(id.clone());
        self.note_references(id, kind, &generated);
        for resource in generated {
            self.emit(id, kind, resource);
        }
    }

    /// Puts a generated resource into the result.
    fn emit(&mut self, owner: &Str, kind: &str, resource: Resource) {
        let id: Str = resource.id.as_str().into();
        let taken = self.source.get(&id).and_then(|r| r.get_text("Type")).is_some_and(|t| !replaces(resource.kind, t));
        if taken {
            let message = format!("logical id `{id}` is taken, but AWS SAM generates a resource of that name for `{owner}`");
            self.problem(resource.at, message);
            return;
        }
        if &id != owner && self.source.get(&id).is_none() {
            let origin = resource.origin.clone().unwrap_or_else(|| format!("SAM {} `{owner}`", described(kind)));
            self.origins.insert(id.clone(), origin.into());
        }
        self.consumed.swap_remove(&id);
        self.output.insert(id, resource.into_tree());
    }

    fn problem(&mut self, at: At, message: impl Into<String>) {
        self.problems.push(SyntaxError { message: message.into(), span: at.span });
    }

    /// Takes the good part of an outcome and notes the bad.
    fn note<T>(&mut self, outcome: Outcome<T>) -> Option<T> {
        outcome.map_err(|problem| self.problems.push(problem)).ok()
    }

    /// Adds a condition to the template.
    fn add_condition(&mut self, name: &str, condition: Tree) {
        let at = condition.at();
        self.conditions.get_or_insert_with(|| at.map([])).set(name, condition);
    }
}

fn is_serverless(resource: &Tree) -> bool {
    resource.get_text("Type").is_some_and(|t| t.starts_with("AWS::Serverless::"))
}

/// Whether a resource of the one type may stand in the place of one of the other.
fn replaces(generated: &str, written: &str) -> bool {
    let serverless = match generated {
        "AWS::Lambda::Function" => "AWS::Serverless::Function",
        "AWS::Lambda::LayerVersion" => "AWS::Serverless::LayerVersion",
        "AWS::Lambda::WebFunction" => "AWS::Serverless::WebFunction",
        "AWS::Lambda::MicrovmImage" => "AWS::Serverless::MicrovmImage",
        "AWS::Lambda::NetworkConnector" => "AWS::Serverless::NetworkConnector",
        "AWS::Lambda::CapacityProvider" => "AWS::Serverless::CapacityProvider",
        "AWS::ApiGateway::RestApi" => "AWS::Serverless::Api",
        "AWS::ApiGatewayV2::Api" => return matches!(written, "AWS::Serverless::HttpApi" | "AWS::Serverless::WebSocketApi"),
        "AWS::DynamoDB::Table" => "AWS::Serverless::SimpleTable",
        "AWS::CloudFormation::Stack" => "AWS::Serverless::Application",
        "AWS::StepFunctions::StateMachine" => "AWS::Serverless::StateMachine",
        "AWS::AppSync::GraphQLApi" => "AWS::Serverless::GraphQLApi",
        "AWS::S3::Bucket" | "AWS::SNS::Topic" | "AWS::Cognito::UserPool" => generated,
        _ => return false,
    };
    serverless == written
}

/// A SAM resource type in words.
fn described(kind: &str) -> &str {
    match kind {
        "Function" => "function",
        "WebFunction" => "web function",
        "MicrovmImage" => "micro VM image",
        "NetworkConnector" => "network connector",
        "StateMachine" => "state machine",
        "Connector" => "connector",
        "LayerVersion" => "layer",
        "Api" | "HttpApi" | "WebSocketApi" | "GraphQLApi" => "API",
        other => other,
    }
}
