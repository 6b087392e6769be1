//! `samconfig.toml`: what `sam deploy` is told for each environment (AWS SAM Developer Guide, "AWS SAM CLI configuration file").

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::parameter_file::Given;
use crate::finding::{FileProblem, Severity};
use crate::source::{FileId, Span};
use crate::value::{Str, Value};
use crate::workspace::Workspace;

/// Its name.
pub const NAME: &str = "samconfig.toml";
/// The environment that is deployed where none is named.
pub const DEFAULT: &str = "default";

/// One environment.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name.
    pub name: Str,
    /// The template that it is for, as written; none where the SAM CLI takes the usual one.
    pub template: Option<String>,
    /// The values of parameters.
    pub parameters: Vec<Given>,
}

impl Environment {
    /// Whether it is for a template in the folder of the configuration file.
    pub fn is_for(&self, template: &Path) -> bool {
        let name = template.file_name().map(PathBuf::from).unwrap_or_default();
        match &self.template {
            // What `sam build` makes is made of the template of the usual name.
            Some(path) if !path.contains(".aws-sam") => Path::new(path.trim_start_matches("./")) == name,
            _ => name.file_stem().is_some_and(|stem| stem == "template"),
        }
    }
}

/// The environments of a file, in its order.
pub fn read(path: &Path, workspace: &Workspace) -> Result<Vec<Environment>, FileProblem> {
    let problem =
        |span: Span, message: String| FileProblem { severity: Severity::Error, message, span, path: path.to_owned(), help: String::new() };
    let file = workspace.sources.read(path).map_err(|error| problem(Span::NONE, error.to_string()))?;
    let text = workspace.sources.file(file).text.clone();
    let table = DeTable::parse(&text).map_err(|error| {
        let span = error.span().map_or(Span::NONE, |range| Span::new(file, range));
        problem(span, error.message().to_owned())
    })?;
    let named = |(name, section): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        Some(environment(name.get_ref(), section.get_ref().as_table()?, file, &text))
    };
    let mut environments: Vec<Environment> = table.get_ref().iter().filter_map(named).collect();
    environments.retain(|environment| !environment.parameters.is_empty());
    Ok(environments)
}

/// What `deploy` is told, and what `global` tells every command.
fn environment(name: &str, section: &DeTable<'_>, file: FileId, text: &str) -> Environment {
    let setting = |key: &str| {
        ["deploy", "global"]
            .iter()
            .find_map(|command| section.get(*command)?.get_ref().as_table()?.get("parameters")?.get_ref().as_table()?.get(key))
    };
    let template = ["template_file", "template"].iter().find_map(|key| setting(key)?.get_ref().as_str().map(str::to_owned));
    let parameters = setting("parameter_overrides").map(|value| overrides(value, file, text)).unwrap_or_default();
    Environment { name: name.into(), template, parameters }
}

/// `"Key=Value Other=\"a b\""`, a list of such texts, or a table.
fn overrides(value: &Spanned<DeValue<'_>>, file: FileId, text: &str) -> Vec<Given> {
    let span = Span::new(file, value.span().start.min(text.len())..value.span().end.min(text.len()));
    let given = |(name, value): (String, String)| Given { name: name.into(), value: Value::string(value, span), span };
    match value.get_ref() {
        DeValue::String(line) => assignments(line).into_iter().map(given).collect(),
        DeValue::Array(items) => items.iter().flat_map(|item| overrides(item, file, text)).collect(),
        DeValue::Table(table) => {
            let entries = table.iter().filter_map(|(key, value)| Some((key.get_ref().to_string(), plain(value.get_ref())?)));
            entries.map(given).collect()
        }
        _ => Vec::new(),
    }
}

fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Some(truth.to_string()),
        DeValue::Array(items) => items.iter().map(|item| plain(item.get_ref())).collect::<Option<Vec<_>>>().map(|items| items.join(",")),
        _ => None,
    }
}

/// `Key=Value` and `ParameterKey=Key,ParameterValue=Value`, several on a line; values may be quoted.
fn assignments(line: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for word in words(line) {
        let word = word.strip_prefix("ParameterKey=").unwrap_or(&word);
        if let Some((name, value)) = word.split_once(",ParameterValue=").or_else(|| word.split_once('=')) {
            out.push((name.to_owned(), value.to_owned()));
        }
    }
    out
}

/// The words of a line as a shell reads them: blanks in quotes belong to the word, and a backslash takes what follows as it is.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', _) => word.get_or_insert_default().extend(chars.next()),
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environments(text: &str) -> Vec<(String, Option<String>, Vec<String>)> {
        let workspace = Workspace::default();
        workspace.sources.add("samconfig.toml", text);
        let shown = |given: &Given| format!("{}={}", given.name, given.value);
        let read = read(Path::new("samconfig.toml"), &workspace).expect("a configuration");
        read.iter().map(|e| (e.name.to_string(), e.template.clone(), e.parameters.iter().map(shown).collect())).collect()
    }

    #[test]
    fn forms_of_overrides() {
        let text = "version = 0.1\n[default.deploy.parameters]\nregion = \"eu-west-1\"\n\
                    parameter_overrides = \"Stage=\\\"dev\\\" Name=\\\"a b\\\" Empty=\\\"\\\"\"\n\
                    [prod.deploy.parameters]\ntemplate_file = \"api.yaml\"\nparameter_overrides = [\"Stage=prod\", \"Size=3\"]\n\
                    [old.global.parameters]\nparameter_overrides = \"ParameterKey=Stage,ParameterValue=old ParameterKey=X,ParameterValue=y\"\n\
                    [map.deploy.parameters]\nparameter_overrides = {Stage = \"map\", Count = 2, On = true, Ids = [\"a\", \"b\"]}\n\
                    [none.deploy.parameters]\nstack_name = \"s\"\n";
        let own = |items: &[&str]| items.iter().map(|i| (*i).to_owned()).collect::<Vec<_>>();
        let mut found = environments(text);
        found.sort();
        assert_eq!(
            found,
            [
                ("default".to_owned(), None, own(&["Stage=dev", "Name=a b", "Empty="])),
                ("map".to_owned(), None, own(&["Count=2", "Ids=a,b", "On=true", "Stage=map"])),
                ("old".to_owned(), None, own(&["Stage=old", "X=y"])),
                ("prod".to_owned(), Some("api.yaml".to_owned()), own(&["Stage=prod", "Size=3"])),
            ]
        );
    }

    #[test]
    fn broken_files_are_problems() {
        let workspace = Workspace::default();
        workspace.sources.add("samconfig.toml", "[default\n");
        let problem = read(Path::new("samconfig.toml"), &workspace).expect_err("a problem");
        assert!(!problem.span.is_none(), "{}", problem.message);
        assert!(environments("").is_empty());
        assert!(environments("default = 1\n[a]\ndeploy = 2\n[b.deploy]\nparameters = []\n").is_empty());
    }
}
