//! Code to paste: an ingress rule that refers to a client's security group, in the form that the source uses already.

use serde_json::json;

use super::Case;
use crate::graph::Graph;
use crate::graph::network::clients::Client;
use crate::graph::network::groups::GroupKey;
use crate::model::datastore::protocol_name;
use crate::rules::support::mend;
use crate::unit::Resource;
use crate::value::{Kind, Part, Value};

/// Stands for the group of another Terraform module, which cannot be named across modules.
pub const VARIABLE: &str = "var.client_security_group_id";
/// Stands for the group of a module that the rule's module calls, behind the call: an output of that name.
pub const OUTPUT: &str = ".client_security_group_id";
/// Stands for the group of another CloudFormation stack.
pub const PARAMETER: &str = "ClientSecurityGroupId";

/// How many groups a snippet spells out.
const SHOWN: usize = 3;

/// A value as the source would write it, without `${}`.
pub fn source_text(value: &Value) -> String {
    let hole = |part: &Part| match part {
        Part::Attr(attr) => Some(attr.shown.to_string()),
        Part::Unknown(unknown) => Some(unknown.shown.to_string()),
        _ => None,
    };
    match &value.kind {
        Kind::Attr(attr) => attr.shown.to_string(),
        Kind::Unknown(unknown) => unknown.shown.to_string(),
        Kind::Text(text) => match text.holes() {
            Some([one]) => hole(one).unwrap_or_else(|| value.to_string()),
            _ => value.to_string(),
        },
        _ => value.to_string(),
    }
}

/// A client's group, ready to be referred to from a rule.
struct Reference<'a> {
    client: &'a Resource,
    value: &'a Value,
    /// The group's address, where the unit has it.
    address: Option<&'a str>,
}

/// The code for a rule of this case that lets in these clients by group; empty where no client is known.
pub fn by_group(graph: &Graph<'_>, case: &Case<'_>, clients: &[&Client]) -> String {
    let mut references: Vec<Reference<'_>> = Vec::new();
    let mut seen: Vec<&GroupKey> = Vec::new();
    for client in clients {
        // One group is enough to let a client in.
        let Some((value, key)) = client.groups.first() else { continue };
        if seen.contains(&key) || references.len() == SHOWN {
            continue;
        }
        seen.push(key);
        let address = match key {
            GroupKey::Resource(id) => Some(graph.resource(*id).address.as_str()),
            GroupKey::Named(_) => None,
        };
        references.push(Reference { client: graph.resource(client.resource), value, address });
    }
    if references.is_empty() {
        return String::new();
    }
    let resource = graph.resource(case.rule.resource);
    if !resource.kind.contains("::") {
        return terraform(graph, case, resource, &references);
    }
    match graph.unit.root.extension().and_then(|e| e.to_str()) {
        Some("json") => json_code(graph, case, &references),
        _ => yaml(graph, case, &references),
    }
}

/// The module path of a Terraform address (`module.a["x.y"].module.b`), and the rest.
fn split_module(address: &str) -> (&str, &str) {
    let path = mend::module_path(address);
    (path.trim_end_matches('.'), &address[path.len()..])
}

/// The label of a resource: `api` of `module.a.aws_lambda_function.api["x"]`.
fn label(address: &str) -> String {
    let (_, rest) = split_module(address);
    let bare = rest.split('[').next().unwrap_or(rest);
    let last = bare.rsplit('.').next().unwrap_or(bare);
    last.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
}

/// The call within `module` that leads to the module `other` below it: `module.b` for `module.a` and `module.a.module.b.module.c`.
fn first_call<'a>(module: &str, other: &'a str) -> Option<&'a str> {
    let below = if module.is_empty() { other } else { other.strip_prefix(module)?.strip_prefix('.')? };
    let name = below.strip_prefix("module.")?;
    let mut quoted = false;
    let end = name.find(|c| {
        quoted ^= c == '"';
        c == '.' && !quoted
    });
    below.get(..end.map_or(below.len(), |at| at + "module.".len()))
}

fn description(case: &Case<'_>, client: &str) -> String {
    match case.number().and_then(protocol_name) {
        Some(name) => format!("{name} from {client}"),
        None => format!("From {client}"),
    }
}

/// The port as Terraform writes it.
fn terraform_port(case: &Case<'_>) -> String {
    match &case.store.port.written {
        Some(written) => source_text(written),
        None => case.port(),
    }
}

/// The group as an expression of the rule's own module.
fn terraform_reference(rule: &Resource, reference: &Reference<'_>) -> String {
    let (module, _) = split_module(&rule.address);
    match reference.address {
        Some(address) => match split_module(address) {
            // One instance for each of an unknown collection: the rule has to be written for each as well.
            (other, rest) if other == module => format!("{}.id", rest.replace("[*]", "[each.key]")),
            // A module sees no resource of another one: the id comes out of a call of its own, or in through a variable.
            (other, _) => first_call(module, other).map_or_else(|| VARIABLE.to_owned(), |call| format!("{call}{OUTPUT}")),
        },
        None => match reference.value.as_str() {
            Some(literal) => format!("{literal:?}"),
            None => source_text(reference.value),
        },
    }
}

fn terraform(graph: &Graph<'_>, case: &Case<'_>, resource: &Resource, references: &[Reference<'_>]) -> String {
    let port = terraform_port(case);
    let expressions: Vec<String> = references.iter().map(|r| terraform_reference(resource, r)).collect();
    let names: Vec<String> = references.iter().map(|r| label(&r.client.address)).collect();
    let description = description(case, &names.join(", "));
    if case.rule.form.list != "-" {
        return terraform_inline("ingress", &case.rule.entry, &port, &expressions.join(", "), &description);
    }
    let group = match &case.attachment.group {
        GroupKey::Resource(id) => {
            let own = Reference { client: resource, value: &case.attachment.value, address: Some(&graph.resource(*id).address) };
            terraform_reference(resource, &own)
        }
        GroupKey::Named(_) => source_text(&case.attachment.value),
    };
    let target = label(&graph.resource(case.store.resource).address);
    let blocks = expressions.iter().zip(&names).map(|(expression, client)| {
        let name = format!("{target}_from_{client}");
        if resource.kind == "aws_security_group_rule" {
            format!(
                "resource \"aws_security_group_rule\" \"{name}\" {{\n  type                     = \"ingress\"\n  security_group_id        = {group}\n  source_security_group_id = {expression}\n  from_port                = {port}\n  to_port                  = {port}\n  protocol                 = \"tcp\"\n}}\n"
            )
        } else {
            format!(
                "resource \"aws_vpc_security_group_ingress_rule\" \"{name}\" {{\n  security_group_id            = {group}\n  referenced_security_group_id = {expression}\n  from_port                    = {port}\n  to_port                      = {port}\n  ip_protocol                  = \"tcp\"\n}}\n"
            )
        }
    });
    blocks.collect::<Vec<_>>().join("\n")
}

/// A rule that lets groups through, for a security group that has inline ones like `entry`: a block, or an object of an attribute
/// list, which has to write every attribute. `word` is `ingress` or `egress`.
pub fn terraform_inline(word: &str, entry: &Value, port: &str, groups: &str, description: &str) -> String {
    let keys = ["cidr_blocks", "description", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups", "self"];
    let written = entry.as_map().is_some_and(|map| keys.iter().all(|k| map.entries.contains_key(*k)));
    if written {
        return format!(
            "{{\n  description      = {description:?}\n  from_port        = {port}\n  to_port          = {port}\n  protocol         = \"tcp\"\n  cidr_blocks      = []\n  ipv6_cidr_blocks = []\n  prefix_list_ids  = []\n  security_groups  = [{groups}]\n  self             = false\n}}\n"
        );
    }
    format!(
        "{word} {{\n  description     = {description:?}\n  from_port       = {port}\n  to_port         = {port}\n  protocol        = \"tcp\"\n  security_groups = [{groups}]\n}}\n"
    )
}

/// A reference in CloudFormation: the attribute of a resource of this template, or a parameter.
enum Expression {
    GroupId(String),
    Parameter(String),
    Literal(String),
}

fn logical(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric())
}

fn expression(reference: &Reference<'_>) -> Expression {
    match reference.address {
        Some(address) if logical(address) => Expression::GroupId(address.to_owned()),
        // Another stack's group comes in through a parameter.
        Some(_) => Expression::Parameter(PARAMETER.to_owned()),
        None => match reference.value.as_str() {
            Some(literal) => Expression::Literal(literal.to_owned()),
            None => named(&source_text(reference.value)),
        },
    }
}

fn named(text: &str) -> Expression {
    let text = text.trim_start_matches("!Ref ").trim_start_matches("!GetAtt ");
    match text {
        name if logical(name) => Expression::Parameter(name.to_owned()),
        name => match name.split_once('.') {
            Some((resource, _)) if logical(resource) => Expression::GroupId(name.to_owned()),
            _ => Expression::Parameter(PARAMETER.to_owned()),
        },
    }
}

impl Expression {
    fn yaml(&self) -> String {
        match self {
            Expression::GroupId(name) if name.contains('.') => format!("!GetAtt {name}"),
            Expression::GroupId(name) => format!("!GetAtt {name}.GroupId"),
            Expression::Parameter(name) => format!("!Ref {name}"),
            Expression::Literal(text) => text.clone(),
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Expression::GroupId(name) => match name.split_once('.') {
                Some((resource, attribute)) => json!({ "Fn::GetAtt": [resource, attribute] }),
                None => json!({ "Fn::GetAtt": [name, "GroupId"] }),
            },
            Expression::Parameter(name) => json!({ "Ref": name }),
            Expression::Literal(text) => json!(text),
        }
    }
}

/// The port in CloudFormation.
fn port(case: &Case<'_>) -> (String, serde_json::Value) {
    let number = case.number().unwrap_or_default();
    match case.store.port.written.as_ref().map(source_text) {
        Some(written) => {
            let parameter = named(&written);
            (parameter.yaml(), parameter.json())
        }
        None => (number.to_string(), json!(number)),
    }
}

fn own_group(graph: &Graph<'_>, case: &Case<'_>) -> Expression {
    let address = match &case.attachment.group {
        GroupKey::Resource(id) => Some(graph.resource(*id).address.as_str()),
        GroupKey::Named(_) => None,
    };
    expression(&Reference { client: graph.resource(case.rule.resource), value: &case.attachment.value, address })
}

fn resource_name(graph: &Graph<'_>, case: &Case<'_>, client: &str) -> String {
    let clean = |s: &str| s.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    format!("{}From{}", clean(&graph.resource(case.store.resource).address), clean(client))
}

fn yaml(graph: &Graph<'_>, case: &Case<'_>, references: &[Reference<'_>]) -> String {
    let (port, _) = port(case);
    let mut out = String::new();
    for reference in references {
        let source = expression(reference).yaml();
        if case.rule.form.list != "-" {
            out.push_str(&format!(
                "- Description: {}\n  IpProtocol: tcp\n  FromPort: {port}\n  ToPort: {port}\n  SourceSecurityGroupId: {source}\n",
                description(case, &reference.client.address)
            ));
        } else {
            let name = resource_name(graph, case, &reference.client.address);
            let group = own_group(graph, case).yaml();
            out.push_str(&format!(
                "{name}:\n  Type: AWS::EC2::SecurityGroupIngress\n  Properties:\n    GroupId: {group}\n    IpProtocol: tcp\n    FromPort: {port}\n    ToPort: {port}\n    SourceSecurityGroupId: {source}\n"
            ));
        }
    }
    out
}

fn json_code(graph: &Graph<'_>, case: &Case<'_>, references: &[Reference<'_>]) -> String {
    let (_, port) = port(case);
    let pieces = references.iter().map(|reference| {
        let source = expression(reference).json();
        if case.rule.form.list != "-" {
            let entry = json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "SourceSecurityGroupId": source });
            return serde_json::to_string_pretty(&entry).unwrap_or_default();
        }
        let properties = json!({
            "GroupId": own_group(graph, case).json(), "IpProtocol": "tcp", "FromPort": port, "ToPort": port,
            "SourceSecurityGroupId": source,
        });
        let resource = json!({ "Type": "AWS::EC2::SecurityGroupIngress", "Properties": properties });
        let name = resource_name(graph, case, &reference.client.address);
        format!("\"{name}\": {}", serde_json::to_string_pretty(&resource).unwrap_or_default())
    });
    pieces.collect::<Vec<_>>().join(",\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_paths_end_before_the_resource() {
        assert_eq!(split_module("aws_security_group.db"), ("", "aws_security_group.db"));
        assert_eq!(split_module("module.a[\"x.y\"].module.b.aws_sg.db[0]"), ("module.a[\"x.y\"].module.b", "aws_sg.db[0]"));
        assert_eq!(label("module.a.aws_lambda_function.api[\"x.y\"]"), "api");
    }

    #[test]
    fn a_group_comes_out_of_the_first_call_below() {
        assert_eq!(first_call("", "module.app"), Some("module.app"));
        assert_eq!(first_call("", "module.app[\"a.b\"].module.service"), Some("module.app[\"a.b\"]"));
        assert_eq!(first_call("module.a", "module.a.module.b.module.c"), Some("module.b"));
        assert_eq!(first_call("module.a", "module.ab"), None);
        assert_eq!(first_call("module.a", ""), None);
    }
}
