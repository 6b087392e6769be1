//! Which files are templates.

use super::eval::packaged;
use crate::syntax::node::Node;

/// What a file is to CloudFormation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateKind {
    /// A template.
    CloudFormation,
    /// A template with SAM's transform.
    Sam,
    /// Something else.
    No,
}

/// The transform of SAM.
pub const SAM_TRANSFORM: &str = "AWS::Serverless-2016-10-31";

/// The transform that brings `Fn::ForEach`, `Fn::Length`, `Fn::ToJsonString` and default values of `Fn::FindInMap`.
pub const LANGUAGE_EXTENSIONS: &str = "AWS::LanguageExtensions";

/// Whether the text of a file can be a template: a cheap look before parsing, so that large data files cost little.
pub fn looks_like_template(text: &str) -> bool {
    const MARKS: [&str; 6] = ["AWS::", "Alexa::", "Custom::", "::MODULE", "Transform", "AWSTemplateFormatVersion"];
    (text.contains("Resources") || text.contains("AWSTemplateFormatVersion")) && MARKS.iter().any(|mark| text.contains(mark))
}

/// What a parsed file is.
///
/// A template has a `Resources` mapping with at least one entry whose `Type` is one of CloudFormation's; or, where it is
/// broken or still empty, an `AWSTemplateFormatVersion`. Manifests of Kubernetes, OpenAPI documents and Serverless Framework
/// files have neither.
pub fn is_template(tree: &Node) -> TemplateKind {
    let Some(entries) = tree.entries() else { return TemplateKind::No };
    let resources = tree.get("Resources").and_then(Node::entries).unwrap_or_default();
    let sam = transforms(tree).contains(&SAM_TRANSFORM);
    let is_one = resources.iter().any(|e| e.key.as_str().is_some_and(is_generator) || has_resource_type(&e.value))
        || entries.iter().any(|e| e.key.as_str() == Some("AWSTemplateFormatVersion"))
        || (sam && tree.get("Resources").is_some());
    match (is_one, sam) {
        (false, _) => TemplateKind::No,
        (true, true) => TemplateKind::Sam,
        (true, false) => TemplateKind::CloudFormation,
    }
}

/// The names in a template's `Transform`, in order.
pub fn transforms(tree: &Node) -> Vec<&str> {
    let Some(transform) = tree.get("Transform") else { return Vec::new() };
    let items = transform.items().unwrap_or(std::slice::from_ref(transform));
    items.iter().filter_map(|item| item.as_str().or_else(|| item.get("Name")?.as_str())).collect()
}

/// Whether a key of a section makes entries instead of being one.
pub fn is_generator(key: &str) -> bool {
    ["Fn::ForEach::", "Fn::Rain::", "Rain::"].iter().any(|prefix| key.starts_with(prefix)) || matches!(key, "Fn::ForEach" | "Fn::Transform")
}

fn has_resource_type(resource: &Node) -> bool {
    if packaged(resource).is_some_and(|tool| tool.starts_with("Rain::")) {
        return true;
    }
    let Some(kind) = resource.get("Type") else { return false };
    match kind.as_str() {
        Some(name) => {
            name.starts_with("AWS::") || name.starts_with("Alexa::") || name.starts_with("Custom::") || name.ends_with("::MODULE")
        }
        None => packaged(kind) == Some("Rain::Module"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::yaml;

    fn kind(text: &str) -> TemplateKind {
        let kind = yaml::parse(FileId(0), text).0.map_or(TemplateKind::No, |tree| is_template(&tree));
        assert!(kind == TemplateKind::No || looks_like_template(text), "{text}");
        kind
    }

    #[test]
    fn templates() {
        let resource = "Resources:\n  A:\n    Type: ";
        for name in ["AWS::S3::Bucket", "Alexa::ASK::Skill", "Custom::X", "My::S3::Bucket::MODULE", "!Rain::Module x.yaml"] {
            let text = format!("{resource}{name}\n# Custom::\n");
            assert_eq!(kind(&text), TemplateKind::CloudFormation, "{text}");
        }
        assert_eq!(kind("AWSTemplateFormatVersion: 2010-09-09\nResources:\n"), TemplateKind::CloudFormation);
        assert_eq!(kind("Resources:\n  Fn::ForEach::A: [X, [a], {}]\nTransform: AWS::LanguageExtensions"), TemplateKind::CloudFormation);
        let sam = "Resources:\n  A: {Type: AWS::Serverless::Function}\nTransform:";
        assert_eq!(kind(&format!("{sam} AWS::Serverless-2016-10-31")), TemplateKind::Sam);
        assert_eq!(kind(&format!("{sam} [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]")), TemplateKind::Sam);
        assert_eq!(kind(&format!("{sam} [{{Name: AWS::Serverless-2016-10-31}}]")), TemplateKind::Sam);
        assert_eq!(kind(sam), TemplateKind::CloudFormation);
    }

    #[test]
    fn other_files() {
        assert_eq!(kind("apiVersion: v1\nkind: Pod\nmetadata: {name: AWS::x}\n"), TemplateKind::No);
        assert_eq!(kind("service: x\nresources:\n  Resources:\n    A: {Type: AWS::S3::Bucket}\n"), TemplateKind::No);
        assert_eq!(kind("openapi: 3.0.0\npaths: {}\n"), TemplateKind::No);
        assert_eq!(kind("Resources:\n  A: {Type: other}\n"), TemplateKind::No);
        assert_eq!(kind("Resources: [1]\n"), TemplateKind::No);
        assert_eq!(kind("- Resources\n"), TemplateKind::No);
        assert_eq!(kind("Transform: AWS::Serverless-2016-10-31\n"), TemplateKind::No);
        assert!(!looks_like_template("{\"data\": [1, 2, 3]}"));
        assert!(!looks_like_template("Resources: AWS"));
    }
}
