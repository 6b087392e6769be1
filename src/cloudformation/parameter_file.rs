//! Files with values of parameters, in the forms that the tools which deploy templates take.
//!
//! The AWS CLI takes a list of `{"ParameterKey": …, "ParameterValue": …}` (`create-stack`), a list of `"Key=Value"` and a template
//! configuration of CodePipeline, `{"Parameters": {…}}` (both `deploy --parameter-overrides file://…`); rain, Sceptre and others take a
//! plain map. `samconfig.toml` belongs to the SAM CLI.

use std::path::Path;

use super::{samconfig, scalar};
use crate::finding::{FileProblem, Severity};
use crate::source::Span;
use crate::syntax::node::{Node, NodeKind};
use crate::value::{Reason, Str, Unknown, Value, format_smolstr};
use crate::workspace::Workspace;

/// What a file gives to a parameter.
#[derive(Clone, Debug)]
pub struct Given {
    /// The parameter.
    pub name: Str,
    /// Its value, at its place.
    pub value: Value,
    /// Where the name stands.
    pub span: Span,
}

/// Whether a file is one of Terraform's or Terragrunt's, by its name.
pub fn is_terraform(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.ends_with(".tfvars") || name.ends_with(".tfvars.json") || name.ends_with(".hcl")
}

/// Reads a file for a world: of a `samconfig.toml` the environment of that name, else the default one. An error where it has none of the forms; what cannot be read at all is an error as well.
pub fn read(path: &Path, world: &str, workspace: &Workspace) -> Result<Vec<Given>, FileProblem> {
    if path.extension().is_some_and(|extension| extension == "toml") {
        let environments = samconfig::read(path, workspace)?;
        let named = |name: &str| environments.iter().find(|environment| environment.name == name).cloned();
        return Ok(named(world).or_else(|| named(samconfig::DEFAULT)).map(|environment| environment.parameters).unwrap_or_default());
    }
    let tree = workspace.tree(path);
    let problem = |span: Span, message: String| FileProblem {
        severity: Severity::Error,
        message,
        span,
        path: path.to_owned(),
        help: "write a list of {\"ParameterKey\": …, \"ParameterValue\": …}, or a map of names to values".to_owned(),
    };
    match (&tree.node, tree.errors.first(), &tree.unreadable) {
        (Some(node), _, _) => {
            given(node).ok_or_else(|| problem(node.span, format!("{} holds no values of CloudFormation parameters", path.display())))
        }
        (None, Some(error), _) => Err(problem(error.span, error.message.clone())),
        (None, None, Some(error)) => Err(problem(Span::NONE, error.to_string())),
        (None, None, None) => Err(problem(Span::NONE, format!("{} is empty", path.display()))),
    }
}

/// The values in a tree; `None` where it has none of the forms.
fn given(node: &Node) -> Option<Vec<Given>> {
    if let Some(items) = node.items() {
        return items.iter().map(item).collect();
    }
    let entries = match node.get("Parameters").filter(|parameters| parameters.entries().is_some()) {
        Some(parameters) => parameters.entries()?,
        None => node.entries()?,
    };
    let value = |entry: &crate::syntax::node::Entry| {
        Some(Given { name: entry.key.as_str()?.into(), value: value(&entry.value)?, span: entry.key.span })
    };
    entries.iter().map(value).collect()
}

/// One of a list: `{"ParameterKey": …}` or `"Key=Value"`.
fn item(node: &Node) -> Option<Given> {
    if let Some(text) = node.as_str() {
        let (name, text) = text.split_once('=')?;
        return Some(Given { name: name.trim().into(), value: Value::string(text, node.span), span: node.span });
    }
    let key = node.get("ParameterKey")?;
    let name = key.as_str()?;
    let value = match (node.get("ParameterValue"), node.get("UsePreviousValue")) {
        (Some(given), _) => value(given)?,
        (None, Some(_)) => {
            let message = format_smolstr!("parameter `{name}` keeps the value of the last deploy");
            Value::unknown(Unknown::identified(Reason::External, format_smolstr!("param.{name}"), name, message, node.span), node.span)
        }
        (None, None) => return None,
    };
    Some(Given { name: name.into(), value, span: key.span })
}

/// A scalar as text; a list as its items joined by commas. CloudFormation knows only texts.
fn value(node: &Node) -> Option<Value> {
    let text = |node: &Node| match &node.kind {
        NodeKind::Scalar(text, style) => match scalar::value(text, *style, node.span).to_text() {
            Some(known) => Some(known.as_known().unwrap_or(text).to_owned()),
            None => Some(String::new()),
        },
        _ => None,
    };
    let whole = match node.items() {
        Some(items) => items.iter().map(text).collect::<Option<Vec<_>>>()?.join(","),
        None => text(node)?,
    };
    Some(Value::string(whole, node.span))
}
