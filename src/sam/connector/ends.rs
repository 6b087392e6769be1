//! The two ends of a connector.

use crate::sam::tree::{At, Map, Tree};
use crate::sam::{Outcome, fail};

/// A source or destination, as far as it is known.
#[derive(Clone, Debug)]
pub(super) struct End {
    /// Its logical id, where it is a resource of the template.
    pub id: Option<String>,
    /// Its CloudFormation type.
    pub kind: String,
    /// Its ARN.
    pub arn: Option<Tree>,
    /// The name of its role.
    pub role: Option<Tree>,
    /// The URL of a queue.
    pub queue_url: Option<Tree>,
    resource_id: Option<Tree>,
    name: Option<Tree>,
    qualifier: Option<Tree>,
}

/// The properties that name the role of a resource.
const ROLES: [(&str, &str); 3] =
    [("AWS::Lambda::Function", "Role"), ("AWS::StepFunctions::StateMachine", "RoleArn"), ("AWS::AppSync::DataSource", "ServiceRoleArn")];

impl End {
    /// Reads `Source` or `Destination`; `other` is the end that it connects to.
    pub(super) fn read(written: &Tree, other: &Tree, resources: &Map) -> Outcome<End> {
        let at = written.at();
        let Some(map) = written.map() else { return fail(at, "an end of a connector must be a map") };
        let has_more = map.keys().any(|k| k != "Id" && k != "Qualifier");
        if map.contains_key("Id") == has_more {
            return fail(at, "an end of a connector has either `Id` (and `Qualifier`), or `Type` and what else it needs");
        }
        let Some(id) = written.get_text("Id") else { return Self::described(written) };
        let Some(resource) = resources.get(id) else {
            return fail(at, format!("a connector names `{id}`, which is no resource of this template"));
        };
        let kind = resource.get_text("Type").unwrap_or_default();
        let qualifier = written.get("Qualifier").cloned();
        Ok(End { role: role(resource, kind, other), ..Self::of_type(id, kind, qualifier, at) })
    }

    fn described(written: &Tree) -> Outcome<End> {
        let Some(kind) = written.get_text("Type") else {
            return fail(written.at(), "an end of a connector needs `Id` or `Type`");
        };
        let kind = match kind {
            "AWS::Serverless::Function" => "AWS::Lambda::Function",
            "AWS::Serverless::StateMachine" => "AWS::StepFunctions::StateMachine",
            "AWS::Serverless::Api" => "AWS::ApiGateway::RestApi",
            "AWS::Serverless::HttpApi" => "AWS::ApiGatewayV2::Api",
            "AWS::Serverless::SimpleTable" => "AWS::DynamoDB::Table",
            other => other,
        };
        let get = |name: &str| written.get(name).cloned();
        Ok(End {
            id: None,
            kind: kind.to_owned(),
            arn: get("Arn"),
            role: get("RoleName"),
            queue_url: get("QueueUrl"),
            resource_id: get("ResourceId"),
            name: get("Name"),
            qualifier: get("Qualifier"),
        })
    }

    fn of_type(id: &str, kind: &str, qualifier: Option<Tree>, at: At) -> End {
        let mut end = End {
            id: Some(id.to_owned()),
            kind: kind.to_owned(),
            arn: None,
            role: None,
            queue_url: None,
            resource_id: None,
            name: None,
            qualifier,
        };
        match kind {
            "AWS::Lambda::Function"
            | "AWS::Events::Rule"
            | "AWS::DynamoDB::Table"
            | "AWS::S3::Bucket"
            | "AWS::Location::PlaceIndex"
            | "AWS::Events::EventBus" => end.arn = Some(at.get_att(id, "Arn")),
            "AWS::SQS::Queue" => {
                end.arn = Some(at.get_att(id, "Arn"));
                end.queue_url = Some(at.reference(id));
            }
            "AWS::SNS::Topic" | "AWS::AppSync::DataSource" => end.arn = Some(at.reference(id)),
            "AWS::StepFunctions::StateMachine" => {
                end.arn = Some(at.reference(id));
                end.name = Some(at.get_att(id, "Name"));
            }
            "AWS::AppSync::GraphQLApi" => {
                end.arn = Some(at.reference(id));
                end.resource_id = Some(at.get_att(id, "ApiId"));
            }
            "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" => {
                end.arn = Some(at.get_att(id, "Arn"));
                end.resource_id = Some(at.reference(id));
                end.qualifier.get_or_insert_with(|| at.text("*"));
            }
            _ => {}
        }
        end
    }

    /// A value that a profile names.
    pub(super) fn value(&self, property: &str) -> Option<Tree> {
        match property {
            "Arn" => self.arn.clone(),
            "ResourceId" => self.resource_id.clone(),
            "Name" => self.name.clone(),
            "Qualifier" => self.qualifier.clone(),
            _ => None,
        }
    }
}

/// The role of a resource, where it is one of the template; that of a rule is its target's.
fn role(resource: &Tree, kind: &str, other: &Tree) -> Option<Tree> {
    let properties = resource.get("Properties")?;
    let role = match ROLES.iter().find(|(t, _)| *t == kind) {
        Some((_, property)) => properties.get(property)?,
        None if kind == "AWS::Events::Rule" => {
            let (id, arn) = (other.get_text("Id"), other.get("Arn"));
            let is_other = |target: &&Tree| {
                let to = target.get("Arn");
                let by_id = to.and_then(Tree::logical_id).is_some_and(|t| Some(t) == id);
                by_id || (arn.is_some() && to == arn)
            };
            properties.get("Targets")?.items()?.iter().find(is_other)?.get("RoleArn")?
        }
        None => return None,
    };
    role.logical_id().map(|id| role.at().reference(id))
}
