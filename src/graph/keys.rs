//! The KMS key that a queue, topic, bucket or stream is encrypted with: whoever writes to it or reads from it needs that key, too.

use super::Graph;
use super::triggers::values;
use crate::model::read;
use crate::text::{self, Answer};
use crate::unit::{Mode, Resource};
use crate::value::{Guard, Part, ResourceId, Value};

/// Where a resource names its key. Source: the services' guides, each on "encryption at rest".
static KEYS: &[(&str, &str)] = &[
    ("AWS::SQS::Queue", "KmsMasterKeyId"),
    ("aws_sqs_queue", "kms_master_key_id"),
    ("AWS::SNS::Topic", "KmsMasterKeyId"),
    ("aws_sns_topic", "kms_master_key_id"),
    ("AWS::Kinesis::Stream", "StreamEncryption.KeyId"),
    ("aws_kinesis_stream", "kms_key_id"),
    ("AWS::S3::Bucket", "BucketEncryption.ServerSideEncryptionConfiguration[].ServerSideEncryptionByDefault.KMSMasterKeyID"),
    ("aws_s3_bucket", "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.kms_master_key_id"),
];

/// A bucket's encryption that stands apart: its type, and the paths to the bucket and to the key.
const APART: (&str, &str, &str) =
    ("aws_s3_bucket_server_side_encryption_configuration", "bucket", "rule[].apply_server_side_encryption_by_default.kms_master_key_id");

/// A key.
#[derive(Debug)]
pub struct OwnKey<'u> {
    /// As it is written.
    pub value: Value,
    /// The resource, where the unit makes it.
    pub key: Option<&'u Resource>,
    /// When it is used.
    pub guard: Guard,
}

/// What a queue or topic is encrypted with.
#[derive(Debug)]
pub enum Encryption<'u> {
    /// A key that AWS manages for the account (`alias/aws/sqs`): as it is written, and when.
    OfAws(Value, Guard),
    /// A key of the owner's.
    Own(OwnKey<'u>),
}

impl<'u> Graph<'u> {
    /// Every resource with the keys of its owner's that it is encrypted with: [`Graph::own_keys`] of all, each read once.
    pub fn key_uses(&self) -> Vec<(ResourceId, OwnKey<'u>)> {
        let own = KEYS.iter().flat_map(|(kind, path)| {
            let kinds = [*kind];
            let read = |r: &'u Resource| values(&r.attributes, path).into_iter().map(move |value| (r.id, value));
            self.of_kinds(&kinds).flat_map(read).collect::<Vec<_>>()
        });
        let (kind, bucket, key) = APART;
        let kinds = [kind];
        let apart =
            self.of_kinds(&kinds).filter_map(|r| Some((self.referent(&read(&r.attributes, bucket))?.id, values(&r.attributes, key))));
        let apart = apart.flat_map(|(id, keys)| keys.into_iter().map(move |value| (id, value)));
        let used = own.chain(apart).flat_map(|(id, value)| value.alternatives().into_iter().map(move |(guard, value)| (id, guard, value)));
        let used = used.filter(|(_, _, value)| !self.is_aws_managed(value));
        used.map(|(id, guard, value)| (id, OwnKey { key: self.declared_key(&value), value, guard })).collect()
    }

    /// The keys of its owner's that a resource is encrypted with; those that AWS manages are for everybody in the account.
    pub fn own_keys(&self, resource: &Resource) -> Vec<OwnKey<'u>> {
        let own = KEYS.iter().filter(|(kind, _)| *kind == resource.kind.as_str()).flat_map(|(_, path)| values(&resource.attributes, path));
        let (kind, bucket, key) = APART;
        let kinds = [kind];
        let is_its = |r: &&Resource| self.referent(&read(&r.attributes, bucket)).is_some_and(|named| named.id == resource.id);
        let apart = self.of_kinds(&kinds).filter(is_its).flat_map(|r| values(&r.attributes, key));
        let mut out = Vec::new();
        for value in own.chain(apart) {
            for (guard, value) in value.alternatives() {
                if !self.is_aws_managed(&value) {
                    out.push(OwnKey { key: self.declared_key(&value), value, guard });
                }
            }
        }
        out
    }

    /// What a queue or topic is encrypted with, in each case; nothing where its service keeps the key to itself.
    pub fn encryption(&self, resource: &Resource) -> Vec<Encryption<'u>> {
        let own = KEYS.iter().filter(|(kind, _)| *kind == resource.kind.as_str()).flat_map(|(_, path)| values(&resource.attributes, path));
        let cases = own.flat_map(|value| value.alternatives());
        let written = |value: &Value| !value.is_null() && value.as_str() != Some("");
        let case = |(guard, value): (Guard, Value)| match self.is_aws_managed(&value) {
            true => Encryption::OfAws(value, guard),
            false => Encryption::Own(OwnKey { key: self.declared_key(&value), value, guard }),
        };
        cases.filter(|(_, value)| written(value)).map(case).collect()
    }

    fn is_aws_managed(&self, value: &Value) -> bool {
        // A data source reads a key by its alias.
        let read_by = self.referent(value).filter(|r| r.mode == Mode::Data).and_then(|data| match data.kind.as_str() {
            "aws_kms_alias" => Some(read(&data.attributes, "name")),
            "aws_kms_key" => Some(read(&data.attributes, "key_id")),
            _ => None,
        });
        let named = read_by.as_ref().unwrap_or(value);
        let Some(text) = self.names.text(named).filter(|text| !text.is_empty()) else { return true };
        // `alias/aws/sqs`, alone or at the end of an ARN.
        matches!(text.parts().last(), Some(Part::Literal(end)) if end.contains("alias/aws/"))
    }

    /// The key that a reference means: to the key, or to an alias of it.
    fn declared_key(&self, value: &Value) -> Option<&'u Resource> {
        let named = self.referent(value).or_else(|| self.alias(value)).filter(|r| r.mode == Mode::Managed)?;
        let target = match named.kind.as_str() {
            "AWS::KMS::Alias" => "TargetKeyId",
            "aws_kms_alias" => "target_key_id",
            "AWS::KMS::Key" | "aws_kms_key" => return Some(named),
            _ => return None,
        };
        let key = self.referent(&read(&named.attributes, target))?;
        (key.mode == Mode::Managed && ["AWS::KMS::Key", "aws_kms_key"].contains(&key.kind.as_str())).then_some(key)
    }

    /// The alias of the unit that has the name which a value writes.
    fn alias(&self, value: &Value) -> Option<&'u Resource> {
        let written = self.names.text(value)?;
        let is_named = |r: &&Resource| {
            let name = ["AliasName", "name"].iter().find_map(|path| self.names.text(&read(&r.attributes, path)));
            name.is_some_and(|name| text::same(&name, &written) == Answer::Yes)
        };
        self.of_kinds(&["AWS::KMS::Alias", "aws_kms_alias"]).find(is_named)
    }
}
