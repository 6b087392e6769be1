//! Canonical texts: what an attribute that only the cloud computes looks like, as far as that is certain.
//!
//! `aws_lambda_function.f.arn`, `!GetAtt F.Arn` and an ARN written by hand all become
//! `arn:${partition}:lambda:${region}:${account}:function:<name>`, so that comparing two of them is comparing texts. What AWS
//! makes up itself (ids, names that are not written) becomes the canonical hole `id` or `name` of its resource.

mod identities;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::options::ResolveOptions;
use crate::text;
use crate::unit::{Mode, Resource, Unit};
use crate::value::{AttrRef, Kind, Part, Pseudo, Reason, ResourceId, Str, Text, Unknown, Value, format_smolstr};

pub use self::identities::is_no_arn;
use self::identities::{BY_KIND, Identity, identity};
pub(super) use self::identities::{attribute_of, holds_any, name_property, own_spelling, template};
use super::read;

/// How deep references through references are followed: chains of configured names are short, cycles are not allowed.
const MAX_DEPTH: usize = 16;

/// Canonical texts of one unit, each worked out once.
#[derive(Debug)]
pub struct Names<'u> {
    unit: &'u Unit,
    region: Text,
    account: Text,
    partition: Text,
    url_suffix: Text,
    attributes: Mutex<HashMap<(ResourceId, Str), Text>>,
}

impl<'u> Names<'u> {
    /// For a unit that is deployed as the options say.
    pub fn new(unit: &'u Unit, options: &ResolveOptions) -> Self {
        let known = |value: &Option<Str>, pseudo| match value {
            Some(text) => Text::literal(text.clone()),
            None => Text::from_parts([Part::Pseudo(pseudo)]),
        };
        let of_region = |known: fn(&str) -> &'static str, pseudo| match options.region.as_deref() {
            Some(region) => Text::literal(known(region)),
            None => Text::from_parts([Part::Pseudo(pseudo)]),
        };
        Names {
            unit,
            region: known(&options.region, Pseudo::Region),
            account: known(&options.account_id, Pseudo::AccountId),
            partition: of_region(partition_of, Pseudo::Partition),
            url_suffix: of_region(url_suffix_of, Pseudo::UrlSuffix),
            attributes: Mutex::default(),
        }
    }

    /// A value as canonical text: references expanded as far as they are certain. Lists, maps and null give `None`; a choice is
    /// one hole that equals only the same choice (take [`Value::alternatives`] first where branches matter).
    pub fn text(&self, value: &Value) -> Option<Text> {
        match &value.kind {
            Kind::Choice(_) => {
                let shown = format_smolstr!("{value}");
                let unknown = Unknown::identified(
                    Reason::Condition,
                    shown.clone(),
                    shown,
                    "depends on a condition that cannot be decided",
                    value.span,
                );
                Some(Text::from_parts([Part::Unknown(unknown)]))
            }
            _ => Some(self.expand(&value.to_text()?, 0)),
        }
    }

    /// A text with its references expanded.
    pub fn canonical(&self, text: &Text) -> Text {
        self.expand(text, 0)
    }

    /// An attribute (in the resource's own spelling) as canonical text.
    pub fn attribute(&self, resource: ResourceId, path: &str) -> Text {
        self.attribute_at(resource, path, 0)
    }

    /// The name that a resource is given, as written; `None` for types without one.
    pub fn written_name(&self, resource: &Resource) -> Option<Value> {
        name_property(&resource.kind).map(|property| read(&resource.attributes, property))
    }

    /// A text from a template in the notation of the table of attributes, for a resource of any type.
    pub fn fill_template(&self, resource: ResourceId, template: &str) -> Text {
        static NAMELESS: Identity = identity("-", &[], ("-", "-"), &[]);
        let resource = self.unit.resource(resource);
        let identity = BY_KIND.get(resource.kind.as_str()).copied().unwrap_or(&NAMELESS);
        self.fill(resource, identity, template, 0)
    }

    /// The full path of a REST API resource: `/orders/{id}`.
    pub fn rest_path(&self, resource: ResourceId) -> Text {
        self.api_path(self.unit.resource(resource), 0)
    }

    /// The region that a resource lives in.
    pub fn region(&self, resource: &Resource) -> Text {
        self.text(&resource.region).unwrap_or_else(|| self.region.clone())
    }

    /// The account that a resource lives in.
    pub fn account_of(&self, resource: &Resource) -> Text {
        self.text(&resource.account).unwrap_or_else(|| self.account.clone())
    }

    /// The account of the unit.
    pub fn account(&self) -> &Text {
        &self.account
    }

    /// The partition of the unit.
    pub fn partition(&self) -> &Text {
        &self.partition
    }

    fn expand(&self, text: &Text, depth: usize) -> Text {
        text.map_parts(|part| match part {
            Part::Attr(attr) => Some(self.attribute_at(attr.resource, &attr.path, depth)),
            Part::Pseudo(Pseudo::AccountId) => Some(self.account.clone()),
            Part::Pseudo(Pseudo::Region) => Some(self.region.clone()),
            Part::Pseudo(Pseudo::Partition) => Some(self.partition.clone()),
            Part::Pseudo(Pseudo::UrlSuffix) => Some(self.url_suffix.clone()),
            _ => None,
        })
    }

    fn attribute_at(&self, id: ResourceId, path: &str, depth: usize) -> Text {
        let resource = self.unit.resource(id);
        if depth > MAX_DEPTH {
            return self.hole(resource, path);
        }
        let key = (id, Str::from(path));
        if let Some(text) = self.attributes.lock().unwrap_or_else(|e| e.into_inner()).get(&key) {
            return text.clone();
        }
        let text = self.compute(resource, path, depth);
        self.attributes.lock().unwrap_or_else(|e| e.into_inner()).insert(key, text.clone());
        text
    }

    fn compute(&self, resource: &Resource, path: &str, depth: usize) -> Text {
        let Some(identity) = BY_KIND.get(resource.kind.as_str()) else {
            return self.hole(resource, if matches!(path, "Ref" | "id") { "id" } else { path });
        };
        let cloudformation = resource.kind.contains("::");
        let found = identity.attributes.iter().find(|(cfn, tf, _)| path == if cloudformation { *cfn } else { *tf });
        match found {
            Some((.., template)) => self.fill(resource, identity, template, depth),
            None => self.hole(resource, if matches!(path, "Ref" | "id") { "id" } else { path }),
        }
    }

    fn fill(&self, resource: &Resource, identity: &Identity, template: &str, depth: usize) -> Text {
        let mut out: Vec<Text> = Vec::new();
        let mut rest = template;
        while let Some((literal, tail)) = rest.split_once('{') {
            out.push(Text::literal(literal));
            let (placeholder, tail) = tail.split_once('}').unwrap_or((tail, ""));
            out.push(self.placeholder(resource, identity, placeholder, depth));
            rest = tail;
        }
        out.push(Text::literal(rest));
        Text::concat(&out)
    }

    fn placeholder(&self, resource: &Resource, identity: &Identity, placeholder: &str, depth: usize) -> Text {
        let cloudformation = resource.kind.contains("::");
        let spelled = |(cfn, tf): (&'static str, &'static str)| if cloudformation { cfn } else { tf };
        match placeholder {
            "P" => self.partition.clone(),
            "R" => self.region(resource),
            "A" => self.account_of(resource),
            "U" => self.url_suffix.clone(),
            "id" | "root" | "stream" | "suffix" => self.hole(resource, placeholder),
            "name" => self.property(resource, spelled(identity.name), depth).unwrap_or_else(|| self.hole(resource, "name")),
            "version" => self.version(resource),
            // The data source `aws_lambda_function` keeps the qualifier that it was asked for; what is managed has its version.
            "qualifier" => self.property(resource, "qualifier", depth).unwrap_or_else(|| self.version(resource)),
            "function" => self.function_arn(resource, depth),
            "path" => self.api_path(resource, depth),
            "scheme" => match self.property(resource, spelled(PROTOCOL_TYPE), depth).map(|p| scheme_of(p.as_known())) {
                Some(None) => self.hole(resource, "scheme"),
                scheme => Text::literal(scheme.flatten().unwrap_or("https")),
            },
            "iampath" => self.property(resource, if cloudformation { "Path" } else { "path" }, depth).unwrap_or_else(|| Text::literal("/")),
            "bus/" | "bus|" => self.bus(resource, &placeholder[3..], depth),
            _ => match placeholder.strip_prefix('@') {
                Some(attribute) => {
                    let own = identity.attributes.iter().find(|(_, tf, _)| *tf == attribute);
                    own.map_or_else(Text::default, |(.., template)| self.fill(resource, identity, template, depth + 1))
                }
                None => {
                    let (cfn, tf) = placeholder.trim_start_matches(['.', '?']).split_once('|').unwrap_or((placeholder, placeholder));
                    let path = if cloudformation { cfn } else { tf };
                    match self.property(resource, path, depth) {
                        Some(text) => text,
                        None if placeholder.starts_with('?') => Text::default(),
                        None => self.hole(resource, path),
                    }
                }
            },
        }
    }

    fn property(&self, resource: &Resource, path: &str, depth: usize) -> Option<Text> {
        let value = read(&resource.attributes, path);
        let text = match &value.kind {
            Kind::Null => return None,
            // As `text` has it, so that the same choice elsewhere is the same text; shown by whose it is.
            Kind::Choice(_) => {
                let shown = format_smolstr!("{}.{path}", resource.address);
                let message = "depends on a condition that cannot be decided";
                let unknown = Unknown::identified(Reason::Condition, format_smolstr!("{value}"), shown, message, value.span);
                Text::from_parts([Part::Unknown(unknown)])
            }
            _ => self.expand(&value.to_text()?, depth + 1),
        };
        // What nothing is known of is the same each time that this resource is asked for it.
        let mut count = 0;
        Some(text.map_parts(|part| match part {
            Part::Unknown(unknown) if unknown.identity.is_none() => {
                count += 1;
                let id = format_smolstr!("{}.{path}#{count}", resource.address);
                let own = Unknown::identified(unknown.reason, id, unknown.shown.clone(), unknown.message.clone(), unknown.span);
                Some(Text::from_parts([Part::Unknown(own)]))
            }
            _ => None,
        }))
    }

    /// A hole that only the cloud fills.
    fn hole(&self, resource: &Resource, path: &str) -> Text {
        // A template writes it as `${Fn}` or `${Queue.QueueName}`.
        let own = attribute_of(&resource.kind, &format!("{{{path}}}")).filter(|_| resource.kind.contains("::"));
        let shown = match own {
            Some("Ref") => resource.address.clone(),
            own => format_smolstr!("{}.{}", resource.address, own.unwrap_or(path)),
        };
        Text::from_parts([Part::Attr(Arc::new(AttrRef { resource: resource.id, path: path.into(), shown }))])
    }

    /// `$LATEST` for a Terraform function that does not publish, else a number that AWS gives.
    fn version(&self, resource: &Resource) -> Text {
        let publishes = resource.attribute("publish").is_some_and(|v| v.as_bool() != Some(false));
        match resource.kind.as_str() {
            "aws_lambda_function" if !publishes && resource.mode == Mode::Managed => Text::literal("$LATEST"),
            _ => self.hole(resource, "version"),
        }
    }

    /// The unqualified ARN of the function that an alias or version belongs to; the function may be given by name or ARN.
    fn function_arn(&self, resource: &Resource, depth: usize) -> Text {
        let given = self.property(resource, if resource.kind.contains("::") { "FunctionName" } else { "function_name" }, depth);
        let Some(given) = given else { return self.hole(resource, "function") };
        match text::split(&given, ':', 8) {
            Some(pieces) if pieces.len() == 8 && pieces[0].as_known() == Some("arn") => {
                // An alias of a qualified ARN is still an alias of the function.
                Text::concat(pieces[..7].iter().flat_map(|p| [p.clone(), Text::literal(":")]).take(13).collect::<Vec<_>>().iter())
            }
            Some(pieces) if pieces.len() == 1 => {
                let prefix = [Text::literal("arn:"), self.partition.clone(), Text::literal(":lambda:"), self.region(resource)];
                let rest = [Text::literal(":"), self.account_of(resource), Text::literal(":function:"), given];
                Text::concat(prefix.iter().chain(rest.iter()))
            }
            _ => given,
        }
    }

    /// The full path of a REST API resource: its parents' parts and its own.
    fn api_path(&self, resource: &Resource, depth: usize) -> Text {
        let cloudformation = resource.kind.contains("::");
        let (parent, part) = if cloudformation { ("ParentId", "PathPart") } else { ("parent_id", "path_part") };
        let part = self.property(resource, part, depth).unwrap_or_else(|| self.hole(resource, part));
        let parent = read(&resource.attributes, parent);
        let above = match &parent.kind {
            Kind::Attr(attr) => Some((attr.resource, attr.path.clone())),
            Kind::Text(text) => match text.parts().as_slice() {
                [Part::Attr(attr)] => Some((attr.resource, attr.path.clone())),
                _ => None,
            },
            _ => None,
        };
        let above = match above {
            Some((_, path)) if matches!(path.as_str(), "root_resource_id" | "RootResourceId") => Text::default(),
            Some((id, path)) if depth < MAX_DEPTH && id != resource.id && matches!(path.as_str(), "id" | "Ref" | "ResourceId") => {
                match self.unit.resource(id).kind.as_str() {
                    kind @ ("AWS::ApiGateway::Resource" | "aws_api_gateway_resource") if kind == resource.kind => {
                        self.api_path(self.unit.resource(id), depth + 1)
                    }
                    _ => self.hole(self.unit.resource(id), "path"),
                }
            }
            _ => match self.text(&parent) {
                Some(text) => text,
                None => self.hole(resource, "parent"),
            },
        };
        Text::concat([&above, &Text::literal("/"), &part])
    }

    /// The bus part of a rule's ARN: absent for the default bus.
    fn bus(&self, resource: &Resource, separator: &str, depth: usize) -> Text {
        let path = if resource.kind.contains("::") { "EventBusName" } else { "event_bus_name" };
        match self.property(resource, path, depth) {
            None => Text::default(),
            Some(bus) => match named_bus(&bus) {
                name if name.as_known() == Some("default") => Text::default(),
                // It may be the default bus, which stands in no ARN.
                name if name.parts().iter().any(|part| matches!(part, Part::Unknown(_))) => name,
                name => Text::concat([&name, &Text::literal(separator)]),
            },
        }
    }
}

/// The name of an event bus that is named by its name or ARN.
fn named_bus(bus: &Text) -> Text {
    let last = text::split_literal(bus, ':', 6).get(5).and_then(|last| text::strip_prefix(last, "event-bus/"));
    last.unwrap_or_else(|| bus.clone())
}

/// The property of an HTTP or WebSocket API that decides about the scheme of its endpoint.
pub(super) const PROTOCOL_TYPE: (&str, &str) = ("ProtocolType", "protocol_type");

/// The scheme of the endpoint of an API with a protocol type; `None` where the type is not known.
pub fn scheme_of(protocol_type: Option<&str>) -> Option<&'static str> {
    protocol_type.map(|protocol| if protocol == "WEBSOCKET" { "wss" } else { "https" })
}

/// The attribute (in the type's own spelling) that holds a resource's name.
pub fn name_attribute(kind: &str) -> Option<&'static str> {
    name_property(kind)
}

/// The partition that a region belongs to (AWS General Reference, "AWS service endpoints").
pub fn partition_of(region: &str) -> &'static str {
    partition_and_suffix(region).0
}

/// The DNS suffix of the partition that a region belongs to.
pub fn url_suffix_of(region: &str) -> &'static str {
    partition_and_suffix(region).1
}

fn partition_and_suffix(region: &str) -> (&'static str, &'static str) {
    match region {
        r if r.starts_with("cn-") => ("aws-cn", "amazonaws.com.cn"),
        r if r.starts_with("us-gov-") => ("aws-us-gov", "amazonaws.com"),
        r if r.starts_with("us-isob-") => ("aws-iso-b", "sc2s.sgov.gov"),
        r if r.starts_with("us-iso-") => ("aws-iso", "c2s.ic.gov"),
        r if r.starts_with("eusc-") => ("aws-eusc", "amazonaws.eu"),
        _ => ("aws", "amazonaws.com"),
    }
}

/// A text that is the same for two texts only if they are equal in every deploy: a key for maps. Texts with an unknown that has
/// no identity are equal to nothing, and have no key.
pub fn key(text: &Text) -> Option<Str> {
    let Some(parts) = text.holes() else { return text.as_known().map(Str::from) };
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Literal(literal) => out.push_str(literal),
            Part::Attr(attr) => out.push_str(&format!("\u{1}{}.{}\u{2}", attr.resource.0, attr.path)),
            Part::Pseudo(pseudo) => out.push_str(&format!("\u{1}{}\u{2}", pseudo.name())),
            Part::Unknown(unknown) => out.push_str(&format!("\u{1}?{}\u{2}", unknown.identity.as_ref()?)),
        }
    }
    Some(out.into())
}
