//! `Globals`: defaults for the properties of all resources of a type (SAM-DG "Globals section of the AWS SAM template").

use indexmap::IndexMap;

use super::Expander;
use super::tree::{Kind, MAX_NODES, Map, Tree};
use crate::value::Str;

/// The sections and the properties that each may set.
const SECTIONS: [(&str, &str); 10] = [
    (
        "Function",
        "Handler Runtime CodeUri DeadLetterQueue Description MemorySize Timeout VpcConfig Environment Tags PropagateTags Tracing \
         KmsKeyArn AutoPublishAlias AutoPublishAliasAllProperties AutoPublishCodeSha256 Layers DeploymentPreference RolePath \
         PermissionsBoundary ReservedConcurrentExecutions ProvisionedConcurrencyConfig AssumeRolePolicyDocument EventInvokeConfig \
         FileSystemConfigs CodeSigningConfigArn Architectures SnapStart EphemeralStorage FunctionUrlConfig RuntimeManagementConfig \
         LoggingConfig RecursiveLoop SourceKMSKeyArn TenancyConfig DurableConfig CapacityProviderConfig FunctionScalingConfig \
         PublishToLatestPublished VersionDeletionPolicy",
    ),
    (
        "Api",
        "Auth Name DefinitionUri CacheClusterEnabled CacheClusterSize MergeDefinitions Variables EndpointConfiguration MethodSettings \
         BinaryMediaTypes MinimumCompressionSize Cors GatewayResponses AccessLogSetting CanarySetting TracingEnabled OpenApiVersion \
         Domain AlwaysDeploy PropagateTags SecurityPolicy EndpointAccessMode",
    ),
    (
        "HttpApi",
        "Auth AccessLogSettings StageVariables Tags CorsConfiguration DefaultRouteSettings Domain RouteSettings FailOnWarnings \
         PropagateTags",
    ),
    ("SimpleTable", "SSESpecification"),
    ("StateMachine", "PropagateTags"),
    ("LayerVersion", "PublishLambdaVersion"),
    (
        "CapacityProvider",
        "VpcConfig OperatorRole Tags InstanceRequirements ScalingConfig KmsKeyArn PropagateTags LoggingConfig ManagedResourceTags",
    ),
    (
        "MicrovmImage",
        "BuildRoleArn BaseImageArn BaseImageVersion Logging EgressNetworkConnectors CpuConfigurations Resources \
         AdditionalOsCapabilities Hooks EnvironmentVariables Tags PropagateTags",
    ),
    ("NetworkConnector", "OperatorRole Tags PropagateTags"),
    (
        "WebSocketApi",
        "AccessLogSettings ApiKeySelectionExpression DefaultRouteSettings DisableExecuteApiEndpoint DisableSchemaValidation Domain \
         FailOnWarnings IpAddressType PropagateTags RouteSelectionExpression RouteSettings StageVariables Tags",
    ),
];

/// Lists of which the local one replaces the global one, by their path.
const REPLACED: [&str; 2] = ["Function.Architectures", "CapacityProvider.InstanceRequirements.Architectures"];

impl Expander<'_> {
    /// Merges the template's `Globals` into the resources that they apply to.
    pub(super) fn merge_globals(&mut self, globals: Option<&Tree>) {
        let Some(globals) = globals.filter(|g| !g.is_null()) else { return self.set_openapi_versions() };
        let sections = self.global_sections(globals);
        let sized = |s: Map| (s.values().map(Tree::size).sum::<usize>(), s);
        let sections: IndexMap<Str, (usize, Map)> = sections.into_iter().map(|(name, s)| (name, sized(s))).collect();
        let mut budget = MAX_NODES;
        for id in self.source.keys().cloned().collect::<Vec<_>>() {
            let Some(resource) = self.source.get(&id) else { continue };
            let kind = resource.get_text("Type").and_then(|t| t.strip_prefix("AWS::Serverless::")).unwrap_or_default();
            let Some((kind, (size, section))) = sections.get_key_value(kind) else { continue };
            match budget.checked_sub(*size) {
                Some(rest) => budget = rest,
                None => {
                    self.problem(globals.at(), "`Globals` are too large for so many resources: those after the first are left without");
                    break;
                }
            }
            self.apply(&id, kind, section);
        }
        self.set_openapi_versions();
    }

    fn global_sections(&mut self, globals: &Tree) -> IndexMap<Str, Map> {
        let Some(map) = globals.map() else {
            self.problem(globals.at(), "`Globals` must be a map of sections");
            return IndexMap::new();
        };
        let mut sections = IndexMap::new();
        for (name, properties) in map {
            let Some((_, supported)) = SECTIONS.iter().find(|(section, _)| section == name) else {
                // The section of a type that a later AWS SAM may know.
                if self.source.values().any(|r| r.get_text("Type").and_then(|t| t.strip_prefix("AWS::Serverless::")) == Some(name)) {
                    continue;
                }
                let names = SECTIONS.map(|(section, _)| section).join(", ");
                self.problem(properties.at(), format!("`Globals` has no section `{name}`; the sections are {names}"));
                continue;
            };
            let Some(properties) = properties.map() else {
                self.problem(properties.at(), format!("`Globals.{name}` must be a map of properties"));
                continue;
            };
            let mut known = properties.clone();
            known.retain(|key, value| {
                let fits = supported.split_whitespace().any(|s| s == key);
                if !fits {
                    self.problem(value.at(), format!("`{key}` cannot be set in `Globals.{name}`: AWS SAM refuses the template"));
                }
                fits
            });
            sections.insert(name.clone(), known);
        }
        sections
    }

    fn apply(&mut self, id: &Str, kind: &str, section: &Map) {
        let Some(resource) = self.source.get(id) else { return };
        let ignored = resource.get("IgnoreGlobals").cloned();
        let mut section = section.clone();
        match ignored.as_ref().map(|i| (&i.kind, i)) {
            Some((Kind::Scalar(text, _), _)) if text == "*" => return,
            Some((Kind::List(keys), _)) => keys.iter().filter_map(Tree::text).for_each(|key| {
                section.shift_remove(key);
            }),
            Some((_, other)) if other.is_set() => {
                self.problem(other.at(), format!("`IgnoreGlobals` of `{id}` must be \"*\" or a list of property names"));
            }
            _ => {}
        }
        let Some(properties) = self.source.get_mut(id).and_then(|r| r.entry_map("Properties")) else { return };
        let at = properties.at();
        *properties = merge(&at.of(section), properties, kind);
    }

    /// Where SAM writes the API definition and `OpenApiVersion` is 3, the definition says so.
    fn set_openapi_versions(&mut self) {
        for resource in self.source.values_mut().filter(|r| r.get_text("Type") == Some("AWS::Serverless::Api")) {
            let Some(properties) = resource.get_mut("Properties") else { continue };
            let Some(version) = properties.get("OpenApiVersion").filter(|v| is_version_3(v)).cloned() else { continue };
            if !properties.has("__MANAGE_SWAGGER") {
                continue;
            }
            if let Some(body) = properties.get_mut("DefinitionBody") {
                let version = version.at().text(version.text().unwrap_or_default());
                body.set("openapi", version);
                body.remove("swagger");
            }
        }
    }
}

/// Whether a version is `3`, `3.x` or `3.x.y`.
pub(super) fn is_version_3(version: &Tree) -> bool {
    let Some(rest) = version.text().and_then(|v| v.strip_prefix('3')) else { return false };
    let parts: Vec<&str> = rest.split('.').collect();
    let digits = |p: &&str| p.len() == 1 && p.bytes().all(|b| b.is_ascii_digit());
    parts.first().is_some_and(|p| p.is_empty()) && (2..=3).contains(&parts.len()) && parts[1..].iter().all(digits)
}

/// Maps merge key by key, lists are joined with the global items first, and of anything else the local value wins. `path` leads
/// from the section to the value: a few lists are replaced.
fn merge(global: &Tree, local: &Tree, path: &str) -> Tree {
    match (&global.kind, &local.kind) {
        (Kind::Map(a), Kind::Map(b)) if !global.is_intrinsic() && !local.is_intrinsic() => {
            let mut merged = a.clone();
            for (key, value) in b {
                let value = a.get(key).map_or_else(|| value.clone(), |g| merge(g, value, &format!("{path}.{key}")));
                merged.insert(key.clone(), value);
            }
            local.at().of(merged)
        }
        (Kind::List(a), Kind::List(b)) if !REPLACED.contains(&path) => local.at().list(a.iter().chain(b).cloned().collect()),
        _ => local.clone(),
    }
}
