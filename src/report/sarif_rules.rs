//! The rules as SARIF describes them: titles, help, default level, tags and GitHub's `security-severity`.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use serde_sarif::sarif::{MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor};

use super::page::{plain, rule_url};
use crate::rules::{self, Rule};

/// Every rule, sorted by id: the index of a rule here is the `ruleIndex` of its results.
pub(super) fn descriptors() -> Vec<ReportingDescriptor> {
    rules::all().iter().map(descriptor).collect()
}

/// The index of a rule in [`descriptors`].
pub(super) fn index(id: &str) -> Option<i64> {
    rules::all().iter().position(|rule| rule.id == id).and_then(|at| i64::try_from(at).ok())
}

fn descriptor(rule: &Rule) -> ReportingDescriptor {
    let level = Json::from(rule.severity.name());
    let help = MultiformatMessageString::builder().text(plain(rule.markdown())).markdown(rule.markdown()).build();
    ReportingDescriptor::builder()
        .id(rule.id)
        .name(pascal_case(rule.id))
        .short_description(MultiformatMessageString::builder().text(sentence(rule.title)).build())
        .full_description(MultiformatMessageString::builder().text(sentence(rule.summary)).build())
        .help(help)
        .help_uri(rule_url(rule.id))
        .default_configuration(ReportingConfiguration::builder().level(level).build())
        .properties(properties(rule))
        .build()
}

/// GitHub shows `security-severity` only for rules with the tag `security`.
fn properties(rule: &Rule) -> PropertyBag {
    let mut tags: Vec<String> = rule.tags.iter().map(|tag| (*tag).to_owned()).filter(|tag| !tag.is_empty()).collect();
    let mut more: BTreeMap<String, Json> = BTreeMap::new();
    more.insert("precision".to_owned(), json!("high"));
    more.insert("problem.severity".to_owned(), json!(problem_severity(rule)));
    if !rule.security_severity.is_empty() {
        more.insert("security-severity".to_owned(), json!(rule.security_severity));
        if !tags.iter().any(|tag| tag == "security") {
            tags.push("security".to_owned());
        }
    }
    PropertyBag::builder().tags(tags).additional_properties(more).build()
}

fn problem_severity(rule: &Rule) -> &'static str {
    match rule.severity {
        crate::finding::Severity::Error => "error",
        crate::finding::Severity::Warning => "warning",
        crate::finding::Severity::Note => "recommendation",
    }
}

/// The text with a full stop at its end; a colon there leads to code, which is not shown here.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim_end().trim_end_matches(':');
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

fn pascal_case(id: &str) -> String {
    let capital = |word: &str| word.chars().next().map(|c| c.to_uppercase().chain(word.chars().skip(1)).collect::<String>());
    id.split('-').filter_map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_friendly() {
        assert_eq!(pascal_case("stage-variable-permission"), "StageVariablePermission");
        assert_eq!(sentence("Open to all"), "Open to all.");
    }
}
