//! Code to paste, in the language of the unit.

use crate::graph::Graph;
use crate::graph::functions::FunctionRef;
use crate::unit::{Resource, UnitKind};
use crate::value::{Part, ResourceId, Text};

/// The language of a mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// HCL.
    Terraform,
    /// A YAML template.
    Yaml,
    /// A JSON template.
    Json,
}

/// The language in which a unit is written.
pub(crate) fn dialect(graph: &Graph<'_>) -> Dialect {
    let extension = graph.unit.root.extension().and_then(|e| e.to_str()).unwrap_or_default();
    match (graph.unit.kind, extension) {
        (UnitKind::Terraform, _) => Dialect::Terraform,
        (_, "json") => Dialect::Json,
        _ => Dialect::Yaml,
    }
}

/// A resource's address as code within its own module or template refers to it: `aws_x.y`, `data.aws_x.y["k"]`, the logical id.
pub(crate) fn local_address(resource: &Resource) -> String {
    resource.address[scope(resource).len()..].replace("[*]", "[each.key]")
}

/// What stands before a resource's local address, with its trailing dot: the module path, or the nested stacks that it lies in.
/// Empty in the root module or template.
pub(crate) fn scope(resource: &Resource) -> &str {
    let address = &resource.address;
    // A type with `::` is a template's: logical ids have no dots, so each of them is a stack's.
    match resource.kind.contains("::") {
        true => &address[..address.rfind('.').map_or(0, |dot| dot + 1)],
        // What a modelled module makes is reached through the call's outputs, from where the call stands.
        false if is_modelled(resource) => outer(module_path(address)),
        false => module_path(address),
    }
}

/// Whether a resource is made by a module that is only modelled: nobody can edit it.
pub(crate) fn is_modelled(resource: &Resource) -> bool {
    resource.origin.is_some() && !resource.kind.contains("::")
}

/// The name that the source gives a resource: a block's second label without an instance key, or the logical id.
pub(crate) fn label(resource: &Resource) -> &str {
    let local = &resource.address[scope(resource).len()..];
    if let Some(call) = local.strip_prefix("module.").filter(|_| is_modelled(resource)) {
        return call.split(['.', '[']).next().unwrap_or(call);
    }
    let label = local.split('[').next().unwrap_or(local);
    label.rsplit('.').next().unwrap_or(label)
}

/// The key of a resource's instance as written (`"dev"`, `0`); empty where it has none or stands for each.
pub(crate) fn instance_key(resource: &Resource) -> &str {
    let local = &resource.address[module_path(&resource.address).len()..];
    if is_modelled(resource) {
        return "";
    }
    local.split_once('[').and_then(|(_, key)| key.strip_suffix(']')).filter(|key| *key != "*").unwrap_or_default()
}

/// What `depends_on` in `from`'s module has to name so that `from` waits for `to`: the resource, the call of the module that it lies
/// in, or the logical id (of the nested stack that it lies in). No instance keys: a dependency is on the whole.
pub(crate) fn dependency(from: &Resource, to: &Resource) -> String {
    let own = scope(from);
    if from.kind.contains("::") {
        let rest = to.address.strip_prefix(own).unwrap_or(&to.address[scope(to).len()..]);
        return rest.split('.').next().unwrap_or(rest).to_owned();
    }
    let rest = match to.address.strip_prefix(own) {
        Some(rest) if rest.starts_with("module.") => &rest[..module_end(&rest[7..]) + 7],
        _ => &to.address[module_path(&to.address).len()..],
    };
    let rest = rest.trim_end_matches('.');
    rest.split('[').next().unwrap_or(rest).to_owned()
}

/// The module path of an address with its trailing dot; empty for the root module.
pub(crate) fn module_path(address: &str) -> &str {
    let mut end = 0;
    while let Some(after) = address[end..].strip_prefix("module.") {
        end += 7 + module_end(after);
    }
    &address[..end.min(address.len())]
}

/// The module path that a call lies in: all of a module path but its last call.
pub(crate) fn outer(path: &str) -> &str {
    let mut end = 0;
    while let Some(after) = path.get(end..).and_then(|rest| rest.strip_prefix("module.")) {
        let next = end + 7 + module_end(after);
        if next >= path.len() {
            break;
        }
        end = next;
    }
    &path[..end]
}

/// Where the name and key of a module call end: after the dot that follows them. Dots in keys do not count.
fn module_end(after: &str) -> usize {
    let mut quoted = false;
    for (i, c) in after.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => return i + 1,
            _ => {}
        }
    }
    after.len()
}

/// A name for something new: letters, digits and underscores (Terraform), or letters and digits in camel case (templates).
pub(crate) fn new_name(dialect: Dialect, words: &[&str]) -> String {
    let pieces = words.iter().flat_map(|w| w.split(|c: char| !c.is_ascii_alphanumeric())).filter(|p| !p.is_empty());
    match dialect {
        Dialect::Terraform => pieces.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_"),
        Dialect::Yaml | Dialect::Json => pieces
            .map(|p| {
                let (head, tail) = p.split_at(1);
                head.to_ascii_uppercase() + tail
            })
            .collect(),
    }
}

/// A text as an HCL string; references become interpolations, and what would be one is escaped.
pub(crate) fn hcl_string(graph: &Graph<'_>, text: &Text) -> String {
    let mut out = String::new();
    for part in text.parts() {
        match part {
            Part::Literal(literal) => {
                out.push_str(&literal.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${").replace("%{", "%%{"))
            }
            Part::Attr(attr) => out.push_str(&format!("${{{}.{}}}", local_address(graph.resource(attr.resource)), attr.path)),
            Part::Pseudo(pseudo) => out.push_str(match pseudo {
                crate::value::Pseudo::AccountId => "${data.aws_caller_identity.current.account_id}",
                crate::value::Pseudo::Region => "${data.aws_region.current.name}",
                crate::value::Pseudo::Partition => "${data.aws_partition.current.partition}",
                _ => "*",
            }),
            Part::Unknown(unknown) => out.push_str(&format!("${{{}}}", unknown.shown)),
        }
    }
    out
}

/// A text as the content of `Fn::Sub`; `${stageVariables.x}` is escaped.
pub(crate) fn sub_string(graph: &Graph<'_>, text: &Text) -> String {
    let mut out = String::new();
    for part in text.parts() {
        match part {
            Part::Literal(literal) => out.push_str(&literal.replace("${", "${!")),
            Part::Attr(attr) => {
                let address = local_address(graph.resource(attr.resource));
                match attr.path.as_str() {
                    "id" | "name" | "Ref" => out.push_str(&format!("${{{address}}}")),
                    path => out.push_str(&format!("${{{address}.{path}}}")),
                }
            }
            Part::Pseudo(pseudo) => out.push_str(&format!("${{{}}}", pseudo.name())),
            Part::Unknown(unknown) => out.push_str(&format!("${{{}}}", unknown.shown)),
        }
    }
    out
}

/// A permission resource. `source` is an HCL expression, or the content of `Fn::Sub` in templates.
pub(crate) fn permission(graph: &Graph<'_>, name: &str, target: &FunctionRef, principal: &str, source: Option<&str>) -> String {
    match dialect(graph) {
        Dialect::Terraform => terraform_permission(graph, name, target, principal, source),
        Dialect::Yaml => yaml_permission(graph, name, target, principal, source),
        Dialect::Json => json_permission(graph, name, target, principal, source),
    }
}

fn terraform_permission(graph: &Graph<'_>, name: &str, target: &FunctionRef, principal: &str, source: Option<&str>) -> String {
    let function = match graph.functions.function(target) {
        Some(id) => format!("{}.function_name", local_address(graph.resource(id))),
        None => format!("\"{}\"", hcl_string(graph, &target.name)),
    };
    // An alias of another module cannot be referred to beside the function.
    let beside = |id: &ResourceId| graph.functions.function(target).is_none_or(|f| scope(graph.resource(f)) == scope(graph.resource(*id)));
    let qualifier = match (graph.functions.alias(target).filter(beside), &target.qualifier) {
        (Some(id), _) => format!("  qualifier     = {}.name\n", local_address(graph.resource(id))),
        (None, Some(qualifier)) => format!("  qualifier     = \"{}\"\n", hcl_string(graph, qualifier)),
        (None, None) => String::new(),
    };
    let mut source = source.map(|s| format!("  source_arn    = {s}\n")).unwrap_or_default();
    let beside = graph.functions.function(target).map(|id| graph.resource(id)).filter(|_| names_account(principal));
    if let Some(account) = beside.and_then(|function| own_account(graph, function)) {
        source.push_str(&format!("  source_account = {account}\n"));
    }
    format!(
        "resource \"aws_lambda_permission\" \"{name}\" {{\n  action        = \"lambda:InvokeFunction\"\n  function_name = {function}\n{qualifier}  principal     = \"{principal}\"\n{source}}}"
    )
}

/// Whether the ARN of the service's resources says nothing of the account: a bucket's name can be taken again by another one.
fn names_account(principal: &str) -> bool {
    principal == "s3.amazonaws.com"
}

/// The account as the module of `beside` has it already.
fn own_account(graph: &Graph<'_>, beside: &Resource) -> Option<String> {
    let identity = graph.data_of_kinds(&["aws_caller_identity"]).find(|data| !is_modelled(data) && scope(data) == scope(beside))?;
    Some(format!("{}.account_id", local_address(identity)))
}

/// The target as `FunctionName`: the content of `Fn::Sub`.
fn template_function(graph: &Graph<'_>, target: &FunctionRef) -> String {
    // `Ref` gives an alias's ARN, and makes the permission wait for the alias. What SAM makes has no name in the source.
    let alias = graph.functions.alias(target).map(|id| graph.resource(id));
    let function = graph.functions.function(target);
    let beside = |alias: &&Resource| function.is_none_or(|f| scope(graph.resource(f)) == scope(alias));
    if let Some(alias) = alias.filter(|a| a.origin.is_none() && a.kind == "AWS::Lambda::Alias").filter(beside) {
        return format!("${{{}}}", local_address(alias));
    }
    let name = match function {
        Some(id) => format!("${{{}}}", local_address(graph.resource(id))),
        None => sub_string(graph, &target.name),
    };
    match &target.qualifier {
        Some(qualifier) => format!("{name}:{}", sub_string(graph, qualifier)),
        None => name,
    }
}

fn yaml_permission(graph: &Graph<'_>, name: &str, target: &FunctionRef, principal: &str, source: Option<&str>) -> String {
    let function = yaml_text(&template_function(graph, target));
    let mut source = source.map(|s| format!("\n    SourceArn: {}", yaml_text(s))).unwrap_or_default();
    if names_account(principal) {
        source.push_str("\n    SourceAccount: !Ref AWS::AccountId");
    }
    format!(
        "{name}:\n  Type: AWS::Lambda::Permission\n  Properties:\n    Action: lambda:InvokeFunction\n    FunctionName: {function}\n    Principal: {principal}{source}"
    )
}

/// The name in the content of a `Fn::Sub` that is one reference and nothing else.
fn reference(sub: &str) -> Option<&str> {
    sub.strip_prefix("${")?.strip_suffix('}').filter(|name| !name.contains(['}', '{', '!']))
}

/// The shortest YAML for the content of `Fn::Sub`.
pub(crate) fn yaml_text(sub: &str) -> String {
    match (reference(sub), sub.contains("${")) {
        (Some(name), _) if !name.contains('.') => format!("!Ref {name}"),
        (Some(name), _) => format!("!GetAtt {name}"),
        (None, true) => format!("!Sub \"{sub}\""),
        (None, false) => sub.to_owned(),
    }
}

/// The shortest JSON for the content of `Fn::Sub`.
pub(crate) fn json_text(sub: &str) -> String {
    match reference(sub).map(|name| (name, name.split_once('.'))) {
        Some((_, Some((resource, path)))) => format!("{{ \"Fn::GetAtt\": [\"{resource}\", \"{path}\"] }}"),
        Some((name, None)) => format!("{{ \"Ref\": \"{name}\" }}"),
        None if sub.contains("${") => format!("{{ \"Fn::Sub\": \"{sub}\" }}"),
        None => format!("\"{sub}\""),
    }
}

fn json_permission(graph: &Graph<'_>, name: &str, target: &FunctionRef, principal: &str, source: Option<&str>) -> String {
    let function = json_text(&template_function(graph, target));
    let mut source = source.map(|s| format!(",\n    \"SourceArn\": {}", json_text(s))).unwrap_or_default();
    if names_account(principal) {
        source.push_str(",\n    \"SourceAccount\": { \"Ref\": \"AWS::AccountId\" }");
    }
    format!(
        "\"{name}\": {{\n  \"Type\": \"AWS::Lambda::Permission\",\n  \"Properties\": {{\n    \"Action\": \"lambda:InvokeFunction\",\n    \"FunctionName\": {function},\n    \"Principal\": \"{principal}\"{source}\n  }}\n}}"
    )
}

/// An ARN as a source for [`permission`]: by reference where it is the ARN of `near` or of something that it refers to.
pub(crate) fn source_arn(graph: &Graph<'_>, near: &Resource, arn: &Text) -> String {
    let terraform = dialect(graph) == Dialect::Terraform;
    let candidates = std::iter::once(near).chain(near.references.iter().map(|id| graph.resource(*id)));
    for resource in candidates {
        for attribute in if terraform { &["arn"][..] } else { &["Arn", "Ref"] } {
            let own = graph.names.attribute(resource.id, attribute);
            let everything = Text::concat([&own, &Text::literal(":*")]);
            let address = local_address(resource);
            match (terraform, &own == arn, &everything == arn) {
                (true, true, _) => return format!("{address}.arn"),
                (true, _, true) => return format!("\"${{{address}.arn}}:*\""),
                (false, true, _) if *attribute == "Ref" => return format!("${{{address}}}"),
                (false, true, _) => return format!("${{{address}.Arn}}"),
                _ => {}
            }
        }
    }
    if terraform { format!("\"{}\"", hcl_string(graph, arn)) } else { sub_string(graph, arn) }
}
