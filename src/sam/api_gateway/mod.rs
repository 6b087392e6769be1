//! `AWS::Serverless::Api`, `AWS::Serverless::HttpApi` and `AWS::Serverless::WebSocketApi`.

mod authorizers;
mod cors;
mod domain;
mod domain_v2;
mod http;
mod http_authorizers;
mod resource_policy;
mod rest;
mod usage_plan;
mod websocket;

pub(super) use self::authorizers::{add_api_key_definition, add_iam_definition, starts_with_iam};
pub(super) use self::resource_policy::{add_custom_statements, add_resource_policy};
pub(super) use self::usage_plan::SharedUsagePlan;

use super::Expander;
use super::function::location;
use super::resource::{Resource, kept, passed_on};
use super::tree::{At, Map, Tree, tree};

/// An API while it is expanded.
struct Api<'t> {
    id: &'t str,
    at: At,
    resource: &'t Tree,
    properties: Tree,
    passed_on: Map,
}

impl<'t> Api<'t> {
    fn new(id: &'t str, resource: &'t Tree) -> Self {
        let properties = resource.get("Properties").cloned().unwrap_or_else(|| resource.at().map([]));
        Api { id, at: resource.at(), resource, properties, passed_on: passed_on(resource) }
    }

    /// The resource that takes the SAM resource's place.
    fn main(&self, kind: &'static str) -> Resource {
        let mut main = Resource::new(self.id, kind, self.at, &kept(self.resource));
        main.depends_on = self.resource.get("DependsOn").cloned();
        main
    }

    /// A further resource.
    fn more(&self, id: impl Into<String>, kind: &'static str) -> Resource {
        Resource::new(id, kind, self.at, &self.passed_on)
    }
}

impl Expander<'_> {
    /// The definition of an API: written in place, in a local file, or somewhere else.
    fn take_body(&mut self, properties: &mut Tree) -> Body {
        if let Some(mut body) = properties.remove("DefinitionBody").filter(|b| b.is_set()) {
            self.include(&mut body);
            return if body.get("Fn::Transform").is_some() { Body::Opaque(body) } else { Body::Known(body) };
        }
        let Some(uri) = properties.get("DefinitionUri").filter(|u| u.is_set()).cloned() else { return Body::None };
        let local = uri.text().filter(|t| !t.starts_with("s3://")).and_then(|path| self.read(path));
        match local {
            Some(body) => Body::File(body),
            None => Body::Elsewhere(s3_location(&uri)),
        }
    }

    fn read(&self, path: &str) -> Option<Tree> {
        let mut budget = super::tree::MAX_NODES;
        let tree = Tree::from_node(&(self.load)(path)?, &mut budget).ok()?;
        tree.map().is_some().then_some(tree)
    }

    /// `Fn::Transform` with `AWS::Include` of a local file, which CloudFormation does before SAM's own transform.
    fn include(&self, body: &mut Tree) {
        let Some(transform) = body.get("Fn::Transform").filter(|t| t.get_text("Name") == Some("AWS::Include")) else { return };
        let location = transform.path(&["Parameters", "Location"]).map(|l| self.resolve(l));
        let Some(file) = location.as_ref().and_then(Tree::text).filter(|t| !t.starts_with("s3://")).and_then(|p| self.read(p)) else {
            return;
        };
        body.remove("Fn::Transform");
        if let (Some(all), Some(more)) = (body.map_mut(), file.map()) {
            all.extend(more.clone());
        }
    }
}

/// The definition of an API, as far as it is known.
enum Body {
    /// Written in the template.
    Known(Tree),
    /// Read from a local file: SAM leaves it alone.
    File(Tree),
    /// Written by a macro.
    Opaque(Tree),
    /// In S3, or a file that is not there.
    Elsewhere(Tree),
    /// Nowhere.
    None,
}

/// `s3://bucket/key` and `{Bucket, Key, Version}` as API Gateway spells them; anything else stays.
fn s3_location(uri: &Tree) -> Tree {
    let code = location(uri);
    match (code.get("S3Bucket"), code.get("S3Key")) {
        (Some(bucket), Some(key)) => {
            let mut s3 = tree!((uri.at()), { "Bucket": bucket, "Key": key });
            if let Some(version) = code.get("S3ObjectVersion") {
                s3.set("Version", version.clone());
            }
            s3
        }
        _ => uri.clone(),
    }
}

/// A permission for a Lambda authorizer.
fn authorizer_permission(api: &Api, id: String, function: &Tree, partition: &str) -> Resource {
    let at = function.at();
    let mut permission = api.more(id, "AWS::Lambda::Permission");
    permission.at = at;
    let arn = format!("arn:{partition}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/authorizers/*");
    permission.set("Action", "lambda:InvokeFunction").set("FunctionName", function);
    permission.set("Principal", "apigateway.amazonaws.com");
    permission.set("SourceArn", at.sub_with(arn, [("__ApiId__", at.reference(api.id))]));
    permission.origin = Some(format!("SAM authorizer of `{}`", api.id));
    permission
}

/// The logical id of a stage: the API's, and the stage's name where that is plain text.
fn stage_id(api: &str, stage: Option<&Tree>) -> String {
    let name = stage.and_then(Tree::text).unwrap_or_default();
    if name.chars().all(char::is_alphanumeric) { format!("{api}{name}Stage") } else { format!("{api}Stage{}", super::hash::of_text(name)) }
}
