//! The `Resource` elements of a unit's policies: where a name or a URL stands and only an ARN or `*` is taken.

use super::Graph;
use super::arns::structure;
use super::endpoints::Shape;
use super::triggers::values;
use crate::model::items;
use crate::model::names;
use crate::unit::Mode;
use crate::value::{Guard, Kind, Part, Pseudo, ResourceId, Value};

/// Who reads a policy, so what becomes of one with such a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// IAM refuses it.
    Iam,
    /// S3 refuses it.
    Bucket,
    /// The service refuses it, or the statement is about nothing.
    Resource,
}

/// Policies with resources, and the path to the document. Policies of APIs (`execute-api:/*`) and of endpoints, registries and the
/// like have rules of their own.
static POLICIES: &[(&str, &str, Reader)] = &[
    ("AWS::IAM::Role", "Policies[].PolicyDocument", Reader::Iam),
    ("AWS::IAM::User", "Policies[].PolicyDocument", Reader::Iam),
    ("AWS::IAM::Group", "Policies[].PolicyDocument", Reader::Iam),
    ("AWS::IAM::Policy", "PolicyDocument", Reader::Iam),
    ("AWS::IAM::ManagedPolicy", "PolicyDocument", Reader::Iam),
    ("AWS::IAM::RolePolicy", "PolicyDocument", Reader::Iam),
    ("AWS::IAM::UserPolicy", "PolicyDocument", Reader::Iam),
    ("AWS::IAM::GroupPolicy", "PolicyDocument", Reader::Iam),
    ("AWS::SQS::QueuePolicy", "PolicyDocument", Reader::Resource),
    ("AWS::SQS::QueueInlinePolicy", "PolicyDocument", Reader::Resource),
    ("AWS::SNS::TopicPolicy", "PolicyDocument", Reader::Resource),
    ("AWS::SNS::TopicInlinePolicy", "PolicyDocument", Reader::Resource),
    ("AWS::S3::BucketPolicy", "PolicyDocument", Reader::Bucket),
    ("AWS::KMS::Key", "KeyPolicy", Reader::Resource),
    ("aws_iam_role", "inline_policy[].policy", Reader::Iam),
    ("aws_iam_policy", "policy", Reader::Iam),
    ("aws_iam_role_policy", "policy", Reader::Iam),
    ("aws_iam_user_policy", "policy", Reader::Iam),
    ("aws_iam_group_policy", "policy", Reader::Iam),
    ("aws_sqs_queue", "policy", Reader::Resource),
    ("aws_sqs_queue_policy", "policy", Reader::Resource),
    ("aws_sns_topic", "policy", Reader::Resource),
    ("aws_sns_topic_policy", "policy", Reader::Resource),
    ("aws_s3_bucket", "policy", Reader::Bucket),
    ("aws_s3_bucket_policy", "policy", Reader::Bucket),
    ("aws_kms_key", "policy", Reader::Resource),
    ("aws_kms_key_policy", "policy", Reader::Resource),
];

/// Deeper than any choice of lists of choices.
const MAX_DEPTH: usize = 16;

/// A resource of a statement that is no ARN.
#[derive(Debug)]
pub struct NamedResource {
    /// The resource that holds the policy.
    pub holder: ResourceId,
    /// Who reads it.
    pub reader: Reader,
    /// `Resource` or `NotResource`, as it is spelled.
    pub element: String,
    /// What is written.
    pub value: Value,
    /// What that is.
    pub shape: Shape,
    /// When it is there.
    pub guard: Guard,
}

impl Graph<'_> {
    /// Every resource of a statement of the unit that is a name or a URL for sure, in order.
    pub fn named_policy_resources(&self) -> Vec<NamedResource> {
        let mut out = Vec::new();
        for (kind, path, reader) in POLICIES {
            for holder in self.of_kinds(&[kind]).filter(|r| r.mode == Mode::Managed) {
                for document in values(&holder.attributes, path) {
                    let mut found = Found { graph: self, holder: holder.id, reader: *reader, out: &mut out };
                    found.document(&document, &holder.presence, 0);
                }
            }
        }
        out
    }

    /// What a resource of a statement is, where it is neither an ARN nor `*` for sure.
    fn no_arn(&self, value: &Value) -> Option<Shape> {
        let text = self.names.text(value)?;
        let parts = text.parts();
        // What begins with an unknown, a variable of IAM or a wildcard may be an ARN, or be taken for one.
        let open = match parts.first()? {
            Part::Literal(head) => {
                head.starts_with(['*', '?', '$', '/']) || parts.len() > 1 && "arn:".starts_with(head.as_str()) || head.starts_with("arn:")
            }
            Part::Pseudo(pseudo) => matches!(pseudo, Pseudo::StackId),
            Part::Attr(attr) => {
                let owner = self.resource(attr.resource);
                owner.mode != Mode::Managed || !names::is_no_arn(&owner.kind, &attr.path)
            }
            Part::Unknown(_) => true,
        };
        if open {
            return None;
        }
        Some(match self.shape(value) {
            url @ Shape::Url(_) => url,
            _ => Shape::Name,
        })
    }
}

struct Found<'g, 'u> {
    graph: &'g Graph<'u>,
    holder: ResourceId,
    reader: Reader,
    out: &'g mut Vec<NamedResource>,
}

impl Found<'_, '_> {
    fn document(&mut self, value: &Value, guard: &Guard, depth: usize) {
        match &value.kind {
            Kind::Choice(branches) if depth < MAX_DEPTH => {
                for (when, branch) in branches.iter() {
                    if let Some(guard) = guard.and(when) {
                        self.document(branch, &guard, depth + 1);
                    }
                }
            }
            Kind::Text(_) if depth < MAX_DEPTH => {
                let document = structure(value);
                if !matches!(document.kind, Kind::Text(_)) {
                    self.document(&document, guard, depth + 1);
                }
            }
            Kind::List(list) if depth < MAX_DEPTH => list.items.iter().for_each(|item| self.document(item, guard, depth + 1)),
            Kind::Map(map) => {
                for (name, value) in &map.entries {
                    match name.to_ascii_lowercase().as_str() {
                        "statement" => self.document(value, guard, depth + 1),
                        "resource" | "notresource" => self.element(name, value, guard),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn element(&mut self, element: &str, value: &Value, guard: &Guard) {
        for (when, list) in value.alternatives() {
            for item in &items(&list).0 {
                for (inner, value) in item.alternatives() {
                    let Some(guard) = guard.and(&when).and_then(|g| g.and(&inner)) else { continue };
                    let Some(shape) = self.graph.no_arn(&value) else { continue };
                    let (holder, reader, element) = (self.holder, self.reader, element.to_owned());
                    self.out.push(NamedResource { holder, reader, element, value, shape, guard });
                }
            }
        }
    }
}
