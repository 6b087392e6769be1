//! IAM: roles, policies, and what attaches one to the other.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{document, entities, items, read};
use crate::source::Span;
use crate::unit::{Mode, Resource, Unit};
use crate::value::{Kind, List, ListShape, MapShape, Part, Reason, ResourceId, Str, Unknown, Value};

entities! {
    /// A role.
    Role: "AWS::IAM::Role" | "aws_iam_role" {
        /// Its name; null where AWS makes one up.
        name: "RoleName" | "name",
        /// Who may assume it.
        trust: "AssumeRolePolicyDocument" | "assume_role_policy",
        /// Inline policies: each has a name and a document.
        inline: "Policies" | "inline_policy",
        /// ARNs of attached policies.
        managed: "ManagedPolicyArns" | "managed_policy_arns",
        /// ARN of the policy that bounds what the others grant.
        boundary: "PermissionsBoundary" | "permissions_boundary",
    }

    /// A policy that is attached by its ARN. CloudFormation's may name the roles itself.
    ManagedPolicy: "AWS::IAM::ManagedPolicy" | "aws_iam_policy" {
        /// Its name.
        name: "ManagedPolicyName" | "name",
        /// The document.
        policy: "PolicyDocument" | "policy",
        /// Names of roles that it is attached to.
        roles: "Roles" | "-",
    }

    /// An inline policy of one role, as a resource of its own.
    RolePolicy: "AWS::IAM::RolePolicy" | "aws_iam_role_policy" {
        /// Its name.
        name: "PolicyName" | "name",
        /// The role's name.
        role: "RoleName" | "role",
        /// The document.
        policy: "PolicyDocument" | "policy",
    }

    /// An inline policy of several roles (CloudFormation).
    Policy: "AWS::IAM::Policy" | "-" {
        /// Its name.
        name: "PolicyName" | "-",
        /// Names of the roles.
        roles: "Roles" | "-",
        /// The document.
        policy: "PolicyDocument" | "-",
    }

    /// A policy on a role (Terraform).
    RolePolicyAttachment: "-" | "aws_iam_role_policy_attachment" {
        /// The role's name.
        role: "-" | "role",
        /// The policy's ARN.
        policy_arn: "-" | "policy_arn",
    }

    /// A policy on users, groups and roles, and on no others (Terraform).
    PolicyAttachment: "-" | "aws_iam_policy_attachment" {
        /// Names of the roles.
        roles: "-" | "roles",
        /// The policy's ARN.
        policy_arn: "-" | "policy_arn",
    }

    /// All the managed policies that a role has: others are detached (Terraform).
    ExclusiveAttachments: "-" | "aws_iam_role_policy_attachments_exclusive" {
        /// The role's name.
        role: "-" | "role_name",
        /// ARNs of the policies.
        policy_arns: "-" | "policy_arns",
    }

    /// All the inline policies that a role has: others are removed (Terraform).
    ExclusivePolicies: "-" | "aws_iam_role_policies_exclusive" {
        /// The role's name.
        role: "-" | "role_name",
        /// Names of the policies.
        policy_names: "-" | "policy_names",
    }
}

/// How deep documents that include documents are followed.
const MAX_DEPTH: usize = 8;

/// The policy document that a value holds: a map, text, or a reference to `data.aws_iam_policy_document`, which is put together as
/// the provider does (documentation of the data source: sources in order, then the statements, then the overrides).
pub fn policy_document(unit: &Unit, value: &Value) -> Value {
    resolve(unit, value, 0)
}

fn resolve(unit: &Unit, value: &Value, depth: usize) -> Value {
    let value = document::parse(value);
    match &value.kind {
        Kind::Choice(branches) if depth < MAX_DEPTH => {
            let branches = branches.iter().map(|(g, v)| (g.clone(), resolve(unit, v, depth + 1))).collect();
            Value::choice(branches, value.span)
        }
        Kind::Attr(attr) if matches!(attr.path.as_str(), "json" | "minified_json") => match document_data(unit, attr.resource) {
            Some(resource) if depth < MAX_DEPTH => build(unit, resource, depth + 1),
            _ => value,
        },
        _ => value,
    }
}

fn document_data(unit: &Unit, id: ResourceId) -> Option<&Resource> {
    let resource = unit.resource(id);
    (resource.mode == Mode::Data && resource.kind == "aws_iam_policy_document").then_some(resource)
}

/// The statements so far, each with its id where it has one.
type Statements = Vec<(Option<Str>, Value)>;

fn build(unit: &Unit, resource: &Resource, depth: usize) -> Value {
    let mut statements: Statements = Vec::new();
    let at = resource.name_span;
    for source in sources(resource, "source_policy_documents", "source_json") {
        included(unit, &source, depth).into_iter().for_each(|s| statements.push(s));
    }
    let own = read(&resource.attributes, "statement");
    for block in list_or_unknown(&own) {
        put(&mut statements, block_statements(&block));
    }
    for source in sources(resource, "override_policy_documents", "override_json") {
        put(&mut statements, included(unit, &source, depth));
    }
    let list = Value::list(ListShape::Tuple, statements.into_iter().map(|(_, v)| v).collect(), at);
    object([("Statement", list)], at)
}

fn sources(resource: &Resource, list: &str, single: &str) -> Vec<Value> {
    let mut out = list_or_unknown(&read(&resource.attributes, single));
    out.extend(list_or_unknown(&read(&resource.attributes, list)));
    out
}

/// The items; what is not known of the list as an item of its own.
fn list_or_unknown(value: &Value) -> Vec<Value> {
    let (mut out, open) = items(value);
    if let Some(reason) = open {
        out.push(Value::unknown(Unknown::new(Reason::Computed, "(list)", reason, value.span), value.span));
    }
    out
}

/// Adds statements; one with the id of another takes its place.
fn put(statements: &mut Statements, new: Statements) {
    for (sid, statement) in new {
        match sid.as_ref().and_then(|sid| statements.iter_mut().find(|(s, _)| s.as_ref() == Some(sid))) {
            Some(slot) => slot.1 = statement,
            None => statements.push((sid, statement)),
        }
    }
}

/// The statements of a document that another one includes.
fn included(unit: &Unit, source: &Value, depth: usize) -> Statements {
    let document = resolve(unit, source, depth);
    if document.as_str() == Some("") || document.is_null() {
        return Vec::new();
    }
    match document.get("Statement") {
        Some(statements) => list_or_unknown(statements).into_iter().map(|s| (sid(s.get("Sid")), s)).collect(),
        // A choice of documents or an unknown one: the reader of the document says what is not known of it.
        None => vec![(None, inner(&document))],
    }
}

fn inner(document: &Value) -> Value {
    match &document.kind {
        Kind::Choice(branches) => {
            let branches = branches.iter().map(|(g, v)| (g.clone(), inner(v))).collect();
            Value::choice(branches, document.span)
        }
        Kind::Map(_) => document.get("Statement").cloned().unwrap_or_else(|| Value::null(document.span)),
        _ => document.clone(),
    }
}

fn sid(value: Option<&Value>) -> Option<Str> {
    value.and_then(Value::as_str).filter(|s| !s.is_empty()).map(Str::from)
}

fn block_statements(block: &Value) -> Statements {
    match &block.kind {
        Kind::Choice(branches) => {
            let branches = branches.iter().map(|(g, v)| (g.clone(), statement(v))).collect();
            vec![(None, Value::choice(branches, block.span))]
        }
        _ => vec![(sid(block.get("sid")), statement(block))],
    }
}

/// A `statement` block in the words of the document.
fn statement(block: &Value) -> Value {
    let Kind::Map(map) = &block.kind else { return block.clone() };
    let at = block.span;
    let get = |name: &str| read(block, name);
    let effect = match get("effect") {
        unset if unset.is_null() => Value::string("Allow", at),
        effect => effect,
    };
    let mut entries: Vec<(&str, Value)> = vec![("Sid", get("sid")), ("Effect", effect)];
    let plain = [("Action", "actions"), ("NotAction", "not_actions"), ("Resource", "resources"), ("NotResource", "not_resources")];
    for (element, attribute) in plain {
        let value = get(attribute);
        // An empty list is left out of the document.
        if !value.as_list().is_some_and(|l| l.items.is_empty() && l.open.is_none()) {
            entries.push((element, value));
        }
    }
    entries.push(("Principal", grouped(&get("principals"), |b| Some(("", str_of(b, "type")?, read(b, "identifiers")))).inner()));
    entries.push(("NotPrincipal", grouped(&get("not_principals"), |b| Some(("", str_of(b, "type")?, read(b, "identifiers")))).inner()));
    let conditions = grouped(&get("condition"), |b| Some((b.get("test")?.as_str()?, str_of(b, "variable")?, read(b, "values"))));
    entries.push(("Condition", conditions.outer()));
    let mut out = object(entries, at);
    if let (Kind::Map(out), Some(open)) = (&mut out.kind, &map.open) {
        Arc::make_mut(out).open = Some(open.clone());
    }
    out
}

fn str_of(block: &Value, name: &str) -> Option<Str> {
    block.get(name)?.as_str().map(Str::from)
}

/// Blocks gathered by group and key, the values of equal keys joined; or the one that is not known.
enum Grouped {
    None(Span),
    Known(IndexMap<Str, IndexMap<Str, Vec<Value>>>, Span),
    Unknown(Value),
}

fn grouped<'b>(blocks: &Value, read_block: impl Fn(&Value) -> Option<(&str, Str, Value)> + 'b) -> Grouped {
    let list = list_or_unknown(blocks);
    if list.is_empty() {
        return Grouped::None(blocks.span);
    }
    let mut out: IndexMap<Str, IndexMap<Str, Vec<Value>>> = IndexMap::new();
    for block in &list {
        let Some((group, key, values)) = read_block(block) else {
            let message = block.first_unknown().map_or_else(|| "a block is incomplete".to_owned(), |hole| hole.message());
            return Grouped::Unknown(Value::unknown(Unknown::new(Reason::Computed, "(block)", message, block.span), block.span));
        };
        out.entry(group.into()).or_default().entry(key).or_default().extend(list_or_unknown(&values));
    }
    Grouped::Known(out, blocks.span)
}

impl Grouped {
    /// Key to values: principals.
    fn inner(self) -> Value {
        match self {
            Grouped::None(span) => Value::null(span),
            Grouped::Unknown(value) => value,
            Grouped::Known(groups, span) => keys(groups.into_values().next().unwrap_or_default(), span),
        }
    }

    /// Group to key to values: conditions.
    fn outer(self) -> Value {
        match self {
            Grouped::None(span) => Value::null(span),
            Grouped::Unknown(value) => value,
            Grouped::Known(groups, span) => {
                let entries = groups.into_iter().map(|(group, inner)| (group, keys(inner, span))).collect();
                Value::map(MapShape::Object, entries, span)
            }
        }
    }
}

fn keys(inner: IndexMap<Str, Vec<Value>>, span: Span) -> Value {
    let list = |items: Vec<Value>| Value::new(Kind::List(Arc::new(List { shape: ListShape::Tuple, items, open: None })), span);
    Value::map(MapShape::Object, inner.into_iter().map(|(k, v)| (k, list(v))).collect(), span)
}

fn object<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>, span: Span) -> Value {
    let entries = entries.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (Str::from(k), v)).collect();
    Value::map(MapShape::Object, entries, span)
}

/// The resource that a value refers to, where it is a reference to one of its attributes and nothing else.
pub fn reference(value: &Value) -> Option<(ResourceId, Str)> {
    let attr = match &value.kind {
        Kind::Attr(attr) => attr,
        Kind::Text(text) => match text.holes()? {
            [Part::Attr(attr)] => attr,
            _ => return None,
        },
        _ => return None,
    };
    Some((attr.resource, attr.path.clone()))
}
