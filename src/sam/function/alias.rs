//! `AutoPublishAlias` and `FunctionUrlConfig`.

use super::{Function, Target};
use crate::sam::resource::Resource;
use crate::sam::tree::{Tree, tree};
use crate::sam::{Expander, hash};

impl Expander<'_> {
    /// The version and the alias of `AutoPublishAlias`, which go to `generated`; the alias also comes back.
    pub(super) fn publish_alias(&mut self, function: &Function, lambda: &mut Resource, generated: &mut Vec<Resource>) -> Option<Resource> {
        let name = function.properties.get("AutoPublishAlias").filter(|a| a.is_set())?;
        let text = self.known_text(&function.id, "AutoPublishAlias", name);
        let text = self.note(text)?;
        if !is_alias_name(&text) {
            let message = format!("`{text}` is no name for an alias: letters, digits, `-` and `_`, and not digits only");
            self.problem(name.at(), message);
            return None;
        }
        let at = name.at();
        let version = self.function_version(function, lambda);
        let spelled = text.replace('-', "D").replace('_', "U");
        let mut alias = Resource::new(format!("{}Alias{spelled}", function.id), "AWS::Lambda::Alias", at, &function.passed_on);
        alias.set("Name", text.as_str()).set("FunctionName", lambda.reference());
        alias.set("FunctionVersion", at.get_att(version.id.as_str(), "Version"));
        alias.copy_set(&function.properties, &["ProvisionedConcurrencyConfig"]);
        alias.origin = Some(format!("SAM `AutoPublishAlias` of `{}`", function.id));
        generated.push(version);
        generated.push(alias.clone());
        Some(alias)
    }

    fn function_version(&mut self, function: &Function, lambda: &mut Resource) -> Resource {
        let properties = &function.properties;
        let code_hash = properties.get("AutoPublishCodeSha256").and_then(|c| self.resolved_text(c));
        if let Some(code_hash) = &code_hash {
            self.describe_with_hash(lambda, code_hash);
        }
        let hash: String = match &code_hash {
            Some(code_hash) => code_hash.chars().take(10).collect(),
            None => hash::of_tree(&self.version_data(function, lambda)),
        };
        let mut attributes = function.passed_on.clone();
        let default = if properties.get("CapacityProviderConfig").is_some() { "Delete" } else { "Retain" };
        let policy = properties.get("VersionDeletionPolicy").cloned().unwrap_or_else(|| function.at.text(default));
        attributes.entry("DeletionPolicy".into()).or_insert(policy);
        let at = properties.get("AutoPublishAlias").map_or(function.at, Tree::at);
        let mut version = Resource::new(format!("{}Version{hash}", function.id), "AWS::Lambda::Version", at, &attributes);
        version.set("FunctionName", lambda.reference());
        version.set_some("Description", properties.get("VersionDescription"));
        if properties.get("CapacityProviderConfig").is_some() {
            version.copy(properties, &["FunctionScalingConfig"]);
        }
        version.origin = Some(format!("SAM `AutoPublishAlias` of `{}`", function.id));
        version
    }

    /// The hash of the code stands in the function's description, so that new code changes the function.
    fn describe_with_hash(&self, lambda: &mut Resource, code_hash: &str) {
        let at = lambda.at;
        let description = lambda.properties.get("Description").filter(|d| d.is_set()).map(|d| self.resolve(d));
        let description = match description {
            Some(d) if d.text().is_none() => tree!(at, { "Fn::Join": [" ", [d, code_hash]] }),
            Some(d) => at.text(format!("{} {code_hash}", d.text().unwrap_or_default())),
            None => at.text(code_hash),
        };
        lambda.set("Description", description);
    }

    /// What a new version depends on: the code, or with `AutoPublishAliasAllProperties` all of the function.
    fn version_data(&self, function: &Function, lambda: &Resource) -> Tree {
        let at = function.at;
        if function.properties.has("AutoPublishAliasAllProperties") {
            return at.of(lambda.properties.clone());
        }
        let mut data = lambda.properties.get("Code").map_or_else(|| at.map([]), |c| self.resolve(c));
        if data.map().is_none() {
            data = tree!(at, { "Code": data });
        }
        if let (Some(all), Some(environment)) = (data.map_mut(), lambda.properties.get("Environment").and_then(Tree::map)) {
            all.extend(environment.clone());
        }
        if let Some(size) = lambda.properties.get("MemorySize").filter(|s| s.is_set()) {
            data.set("MemorySize", size.clone());
        }
        if let Some(snap) = lambda.properties.get("SnapStart").filter(|s| !matches!(s.get_text("ApplyOn"), None | Some("None"))) {
            data.set("SnapStart", snap.clone());
        }
        data
    }

    /// The function URL, and with `AuthType: NONE` the two permissions that let everyone call it.
    pub(super) fn add_function_url(&mut self, function: &Function, target: &Target, generated: &mut Vec<Resource>) {
        let Some(config) = function.properties.get("FunctionUrlConfig").filter(|c| c.is_set()) else { return };
        let at = config.at();
        let id = &function.id;
        let kind = config.get("AuthType");
        let known = matches!(kind.and_then(Tree::text), Some("AWS_IAM" | "NONE")) || kind.is_some_and(Tree::is_intrinsic);
        if !known && !config.is_intrinsic() {
            self.problem(at, format!("`FunctionUrlConfig` of function `{id}` needs `AuthType`: `AWS_IAM` or `NONE`"));
        }
        let called = if target.is_alias { target.arn(at) } else { target.name(at) };
        let mut url = Resource::new(format!("{id}Url"), "AWS::Lambda::Url", at, &function.passed_on);
        url.copy_set(config, &["Cors"]).copy(config, &["AuthType", "InvokeMode"]).set("TargetFunctionArn", &called);
        generated.push(url);
        if config.get_text("AuthType") != Some("NONE") {
            return;
        }
        let mut public = Resource::new(format!("{id}UrlPublicPermissions"), "AWS::Lambda::Permission", at, &function.passed_on);
        public.set("Action", "lambda:InvokeFunctionUrl").set("FunctionName", &called);
        public.set("Principal", "*").set("FunctionUrlAuthType", "NONE");
        let invoke = "URLInvokeAllowPublicAccess";
        let mut invoke = Resource::new(format!("{id}{invoke}"), "AWS::Lambda::Permission", at, &function.passed_on);
        invoke.set("Action", "lambda:InvokeFunction").set("FunctionName", &called);
        invoke.set("Principal", "*").set("InvokedViaFunctionUrl", true);
        for mut permission in [public, invoke] {
            permission.origin = Some(format!("SAM `FunctionUrlConfig` of `{id}`"));
            generated.push(permission);
        }
    }
}

fn is_alias_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !name.is_empty() && name.chars().all(known) && !name.chars().all(|c| c.is_ascii_digit())
}
