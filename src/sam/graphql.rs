//! `AWS::Serverless::GraphQLApi`: AppSync, as far as it is about who may call what: the API, its data sources with their roles,
//! functions and resolvers.

use super::policies::statements;
use super::resource::{Resource, kept, tag_list};
use super::tree::{At, Map, Tree, tree};
use super::{Expander, Outcome, fail};
use crate::value::Str;

/// The code of a resolver that only runs its pipeline.
const PIPELINE_CODE: &str = "export function request() { return {}; }\nexport function response(ctx) { return ctx.prev.result; }\n";

/// A GraphQL API while it is expanded.
struct Graph<'t> {
    id: &'t str,
    at: At,
    resource: &'t Tree,
    properties: Tree,
    attributes: Map,
    /// Data source → its name, function → its id.
    sources: Map,
    functions: Map,
    uses_none: bool,
}

impl Graph<'_> {
    fn new_resource(&self, suffix: &str, kind: &'static str, at: At) -> Resource {
        let mut resource = Resource::new(format!("{}{suffix}", self.id), kind, at, &self.attributes);
        resource.depends_on = self.resource.get("DependsOn").cloned();
        resource
    }

    fn api_id(&self) -> Tree {
        self.at.get_att(self.id, "ApiId")
    }

    fn entries(&self, path: &[&str]) -> Vec<(Str, Tree)> {
        let map = self.properties.path(path).and_then(Tree::map);
        map.into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect()
    }
}

impl Expander<'_> {
    /// The API and everything that belongs to it.
    pub(super) fn expand_graphql_api(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let at = resource.at();
        let properties = resource.get("Properties").cloned().unwrap_or_else(|| at.map([]));
        let mut graph = Graph {
            id,
            at,
            resource,
            properties,
            attributes: kept(resource),
            sources: Map::new(),
            functions: Map::new(),
            uses_none: false,
        };
        let mut generated = self.graphql_core(&graph);
        generated.extend(self.data_sources(&mut graph));
        for (name, function) in graph.entries(&["Functions"]) {
            let made = graphql_function(&mut graph, &name, &function);
            generated.extend(self.note(made).flatten());
        }
        for (type_name, fields) in graph.entries(&["Resolvers"]) {
            for (name, resolver) in fields.map().cloned().unwrap_or_default() {
                let made = resolver_resource(&graph, &type_name, &name, &resolver);
                generated.extend(self.note(made));
            }
        }
        if graph.uses_none {
            let mut none = graph.new_resource("NoneDataSource", "AWS::AppSync::DataSource", at);
            let name = none.id.clone();
            none.set("ApiId", graph.api_id()).set("Name", name).set("Type", "NONE");
            generated.push(none);
        }
        generated
    }

    fn graphql_core(&mut self, graph: &Graph) -> Vec<Resource> {
        let (at, properties) = (graph.at, &graph.properties);
        let mut api = graph.new_resource("", "AWS::AppSync::GraphQLApi", at);
        let name = properties.get("Name").filter(|n| n.is_set()).cloned().unwrap_or_else(|| at.text(graph.id));
        api.set("Name", name).copy(properties, &["XrayEnabled"]);
        let same = ["Visibility", "OwnerContact", "IntrospectionConfig", "QueryDepthLimit", "ResolverCountLimit"];
        api.copy_set(properties, &same);
        let lambdas = self.set_graphql_auth(graph, &mut api);
        let mut tags = properties.get("Tags").cloned().unwrap_or_else(|| at.map([]));
        tags.set("graphqlapi:createdBy", at.text("SAM"));
        api.set("Tags", at.list(tag_list(Some(&tags), at)));
        let role = graphql_logging(graph, &mut api);
        let mut schema = graph.new_resource("Schema", "AWS::AppSync::GraphQLSchema", at);
        if properties.has("SchemaInline") == properties.has("SchemaUri") {
            self.problem(at, format!("GraphQL API `{}` needs either `SchemaInline` or `SchemaUri`", graph.id));
        }
        schema.set("ApiId", graph.api_id());
        schema.set_some("Definition", properties.get("SchemaInline"));
        schema.set_some("DefinitionS3Location", properties.get("SchemaUri"));
        let mut generated = vec![api, schema];
        for (index, function) in lambdas.iter().enumerate() {
            let source = tree!(at, {
                "Type": "AWS::AppSync::GraphQLApi",
                "Arn": (at.reference(graph.id)),
                "ResourceId": (graph.api_id()),
            });
            let id = format!("{}ToLambdaAuthConnector{}", graph.id, index + 1);
            generated.extend(self.inner_connector(&id, source, "AWS::Lambda::Function", function, &["Write"]));
        }
        generated.extend(role);
        generated.extend(graphql_extras(graph));
        generated
    }

    /// A connector that SAM makes for itself.
    fn inner_connector(&mut self, id: &str, source: Tree, kind: &str, arn: &Tree, permissions: &[&str]) -> Vec<Resource> {
        let at = source.at();
        let permissions = at.list(permissions.iter().map(|p| at.text(*p)).collect());
        let connector = tree!(at, {
            "Type": "AWS::Serverless::Connector",
            "Properties": {
                "Source": source,
                "Destination": { "Type": kind, "Arn": arn },
                "Permissions": permissions,
            },
        });
        self.expand_connector(&id.into(), &connector)
    }

    /// Sets the ways to log in; the functions of Lambda authorizers come back.
    fn set_graphql_auth(&mut self, graph: &Graph, api: &mut Resource) -> Vec<Tree> {
        let Some(auth) = graph.properties.get("Auth") else {
            self.problem(graph.at, format!("GraphQL API `{}` has no `Auth`", graph.id));
            return Vec::new();
        };
        let mut lambdas = Vec::new();
        api.set_some("AuthenticationType", auth.get("Type"));
        if let Some((name, config)) = authorizer(auth) {
            lambdas.extend(config.get("AuthorizerUri").filter(|_| name == "LambdaAuthorizerConfig").cloned());
            api.set(name, config);
        }
        let mut more = Vec::new();
        for additional in auth.get("Additional").and_then(Tree::items).unwrap_or_default() {
            let at = additional.at();
            let mut provider = at.map([]);
            if let Some(kind) = additional.get("Type") {
                provider.set("AuthenticationType", kind.clone());
            }
            if let Some((name, mut config)) = authorizer(additional) {
                lambdas.extend(config.get("AuthorizerUri").filter(|_| name == "LambdaAuthorizerConfig").cloned());
                if name == "UserPoolConfig" {
                    config.remove("DefaultAction");
                }
                provider.set(name, config);
            }
            more.push(provider);
        }
        if !more.is_empty() {
            api.set("AdditionalAuthenticationProviders", graph.at.list(more));
        }
        lambdas
    }

    fn data_sources(&mut self, graph: &mut Graph) -> Vec<Resource> {
        let mut generated = Vec::new();
        for (name, source) in graph.entries(&["DataSources", "DynamoDb"]) {
            let at = source.at();
            let id = format!("{name}DynamoDBDataSource");
            let mut resource = data_source(graph, &id, &name, &source, "AMAZON_DYNAMODB");
            resource.set("DynamoDBConfig", table_config(&source));
            let arn = source.get("TableArn").filter(|a| a.is_set()).cloned().unwrap_or_else(|| table_arn(&source));
            let written = source.get("Permissions").and_then(Tree::items).unwrap_or_default();
            let mut permissions: Vec<&str> = written.iter().filter_map(Tree::text).collect();
            if permissions.is_empty() {
                permissions = vec!["Read", "Write"];
            }
            let target = ("ToTableConnector", "AWS::DynamoDB::Table", &arn, permissions.as_slice());
            generated.extend(self.with_role(graph, resource, &source, target));
            graph.sources.insert(name, at.get_att(format!("{}{id}", graph.id), "Name"));
        }
        for (name, source) in graph.entries(&["DataSources", "Lambda"]) {
            let at = source.at();
            let id = format!("{name}LambdaDataSource");
            let mut resource = data_source(graph, &id, &name, &source, "AWS_LAMBDA");
            let Some(function) = source.get("FunctionArn").cloned() else {
                self.problem(at, format!("data source `{name}` of `{}` has no `FunctionArn`", graph.id));
                continue;
            };
            resource.set("LambdaConfig", tree!(at, { "LambdaFunctionArn": (&function) }));
            let target = ("ToLambdaConnector", "AWS::Lambda::Function", &function, &["Write"][..]);
            generated.extend(self.with_role(graph, resource, &source, target));
            graph.sources.insert(name, at.get_att(format!("{}{id}", graph.id), "Name"));
        }
        generated
    }

    /// The data source, and unless it names a role, a role that a connector gives what it needs.
    fn with_role(
        &mut self,
        graph: &Graph,
        mut resource: Resource,
        written: &Tree,
        (suffix, kind, arn, permissions): (&str, &str, &Tree, &[&str]),
    ) -> Vec<Resource> {
        if let Some(role) = written.get("ServiceRoleArn").filter(|r| r.is_set()) {
            resource.set("ServiceRoleArn", role);
            return vec![resource];
        }
        let at = written.at();
        let mut role = Resource::new(format!("{}Role", resource.id), "AWS::IAM::Role", at, &graph.attributes);
        role.depends_on = resource.depends_on.clone();
        role.set("AssumeRolePolicyDocument", statements::trust("appsync.amazonaws.com", at));
        resource.set("ServiceRoleArn", role.arn());
        let source = tree!(at, {
            "Type": "AWS::AppSync::DataSource",
            "Arn": (at.get_att(resource.id.as_str(), "DataSourceArn")),
            "RoleName": (role.reference()),
        });
        let id = format!("{}{suffix}", resource.id);
        let connector = self.inner_connector(&id, source, kind, arn, permissions);
        let mut generated = vec![resource, role];
        generated.extend(connector);
        generated
    }
}

/// The one setting that an authentication type needs, under AppSync's name for it.
fn authorizer(auth: &Tree) -> Option<(&'static str, Tree)> {
    let (from, to) = match auth.get_text("Type")? {
        "AWS_LAMBDA" => ("LambdaAuthorizer", "LambdaAuthorizerConfig"),
        "OPENID_CONNECT" => ("OpenIDConnect", "OpenIDConnectConfig"),
        "AMAZON_COGNITO_USER_POOLS" => ("UserPool", "UserPoolConfig"),
        _ => return None,
    };
    auth.get(from).map(|config| (to, config.clone()))
}

fn graphql_logging(graph: &Graph, api: &mut Resource) -> Option<Resource> {
    let at = graph.at;
    let logging = graph.properties.map().and_then(|m| m.get("Logging"));
    if logging.and_then(Tree::boolean) == Some(false) {
        return None;
    }
    let settings = logging.filter(|l| l.map().is_some());
    let level = settings.and_then(|l| l.get("FieldLogLevel")).filter(|l| l.is_set()).cloned();
    let mut config = tree!(at, { "FieldLogLevel": (level.unwrap_or_else(|| at.text("ALL"))) });
    if let Some(exclude) = settings.and_then(|l| l.get("ExcludeVerboseContent")).filter(|e| e.is_set()) {
        config.set("ExcludeVerboseContent", exclude.clone());
    }
    let given = settings.and_then(|l| l.get("CloudWatchLogsRoleArn")).filter(|r| r.is_set()).cloned();
    let mut role = None;
    let arn = given.unwrap_or_else(|| {
        let made = role.insert(graph.new_resource("CloudWatchRole", "AWS::IAM::Role", at));
        made.set("AssumeRolePolicyDocument", statements::trust("appsync.amazonaws.com", at));
        let policy = at.sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs");
        made.set("ManagedPolicyArns", at.list(vec![policy]));
        made.arn()
    });
    config.set("CloudWatchLogsRoleArn", arn);
    api.set("LogConfig", config);
    role
}

/// API keys, cache and domain.
fn graphql_extras(graph: &Graph) -> Vec<Resource> {
    let mut generated = Vec::new();
    for (name, key) in graph.entries(&["ApiKeys"]) {
        let mut resource = graph.new_resource(&name, "AWS::AppSync::ApiKey", key.at());
        resource.set("ApiId", graph.api_id()).copy(&key, &["ApiKeyId", "Description"]);
        resource.set_some("Expires", key.get("ExpiresOn"));
        generated.push(resource);
    }
    if let Some(cache) = graph.properties.get("Cache") {
        let mut resource = graph.new_resource("ApiCache", "AWS::AppSync::ApiCache", cache.at());
        let same = ["ApiCachingBehavior", "Type", "Ttl", "AtRestEncryptionEnabled", "TransitEncryptionEnabled"];
        resource.set("ApiId", graph.api_id()).copy(cache, &same);
        generated.push(resource);
    }
    if let Some(domain) = graph.properties.get("DomainName") {
        let at = domain.at();
        let mut resource = graph.new_resource("DomainName", "AWS::AppSync::DomainName", at);
        resource.copy(domain, &["CertificateArn", "DomainName", "Description"]);
        let mut link = graph.new_resource("DomainNameApiAssociation", "AWS::AppSync::DomainNameApiAssociation", at);
        link.set("ApiId", graph.api_id()).set("DomainName", resource.reference());
        generated.extend([resource, link]);
    }
    generated
}

fn data_source(graph: &Graph, id: &str, name: &str, source: &Tree, kind: &str) -> Resource {
    let mut resource = graph.new_resource(id, "AWS::AppSync::DataSource", source.at());
    let named = source.get("Name").filter(|n| n.is_set()).cloned().unwrap_or_else(|| source.at().text(name));
    resource.set("Name", named).set("Type", kind).set("ApiId", graph.api_id()).copy(source, &["Description"]);
    resource
}

fn table_config(source: &Tree) -> Tree {
    let at = source.at();
    let region = source.get("Region").filter(|r| r.is_set()).cloned().unwrap_or_else(|| at.reference("AWS::Region"));
    let mut config = tree!(at, { "AwsRegion": region });
    for (from, to) in [
        ("TableName", "TableName"),
        ("UseCallerCredentials", "UseCallerCredentials"),
        ("Versioned", "Versioned"),
        ("DeltaSync", "DeltaSyncConfig"),
    ] {
        if let Some(value) = source.get(from).filter(|v| v.is_set()) {
            config.set(to, value.clone());
        }
    }
    config
}

fn table_arn(source: &Tree) -> Tree {
    let at = source.at();
    let arn = "arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/${__TableName__}";
    let name = source.get("TableName").cloned().unwrap_or_else(|| at.plain("null"));
    let region = source.get("Region").filter(|r| r.is_set()).cloned().unwrap_or_else(|| at.reference("AWS::Region"));
    at.sub_with(arn, [("__TableName__", name), ("__Region__", region)])
}

fn code(resource: &mut Resource, written: &Tree) {
    resource.set_some("Code", written.get("InlineCode")).set_some("CodeS3Location", written.get("CodeUri"));
}

fn runtime(written: &Tree) -> Option<Tree> {
    let runtime = written.get("Runtime")?;
    let mut made = runtime.at().map([]);
    for (from, to) in [("Name", "Name"), ("Version", "RuntimeVersion")] {
        if let Some(value) = runtime.get(from) {
            made.set(to, value.clone());
        }
    }
    Some(made)
}

fn graphql_function(graph: &mut Graph, name: &Str, written: &Tree) -> Outcome<Option<Resource>> {
    let at = written.at();
    if let Some(id) = written.get("Id").filter(|i| i.is_set()) {
        graph.functions.insert(name.clone(), id.clone());
        return Ok(None);
    }
    let mut function = graph.new_resource(name, "AWS::AppSync::FunctionConfiguration", at);
    let source = match written.get("DataSource").map(|s| (s, s.text())) {
        None => return fail(at, format!("function `{name}` of `{}` has no `DataSource`", graph.id)),
        Some((_, Some(text))) if text.eq_ignore_ascii_case("none") => {
            graph.uses_none = true;
            at.get_att(format!("{}NoneDataSource", graph.id), "Name")
        }
        Some((_, Some(text))) => match graph.sources.get(text) {
            Some(source) => source.clone(),
            None => return fail(at, format!("function `{name}` of `{}` names an unknown data source `{text}`", graph.id)),
        },
        Some((other, None)) => other.clone(),
    };
    function.set("ApiId", graph.api_id()).set("DataSourceName", source);
    let named = written.get("Name").filter(|n| n.is_set()).cloned().unwrap_or_else(|| at.text(name.clone()));
    function.set("Name", named).copy(written, &["MaxBatchSize", "Description"]);
    code(&mut function, written);
    function.set_some("Runtime", runtime(written).as_ref()).set_some("SyncConfig", written.get("Sync"));
    graph.functions.insert(name.clone(), at.get_att(function.id.as_str(), "FunctionId"));
    Ok(Some(function))
}

fn resolver_resource(graph: &Graph, type_name: &str, name: &str, written: &Tree) -> Outcome<Resource> {
    let at = written.at();
    let Some(pipeline) = written.get("Pipeline").and_then(Tree::items).filter(|p| !p.is_empty()) else {
        return fail(at, format!("resolver `{name}` of `{}` has no `Pipeline`", graph.id));
    };
    let mut functions = Vec::new();
    for function in pipeline {
        match function.text().and_then(|f| graph.functions.get(f)) {
            Some(id) => functions.push(id.clone()),
            None => return fail(function.at(), format!("resolver `{name}` of `{}` names an unknown function", graph.id)),
        }
    }
    let mut resolver = graph.new_resource(&format!("{type_name}{name}"), "AWS::AppSync::Resolver", at);
    resolver.depends_on = Some(at.list(vec![at.text(format!("{}Schema", graph.id))]));
    code(&mut resolver, written);
    if written.has("InlineCode") || written.has("CodeUri") {
        resolver.set_some("Runtime", runtime(written).as_ref());
    } else {
        resolver.set("Code", PIPELINE_CODE).set("Runtime", tree!(at, { "Name": "APPSYNC_JS", "RuntimeVersion": "1.0.0" }));
    }
    let field = written.get("FieldName").filter(|f| f.is_set()).cloned().unwrap_or_else(|| at.text(name));
    resolver.set("ApiId", graph.api_id()).set("FieldName", field).set("TypeName", type_name).set("Kind", "PIPELINE");
    resolver.set("PipelineConfig", tree!(at, { "Functions": (at.list(functions)) }));
    resolver.set_some("CachingConfig", written.get("Caching")).copy_set(written, &["MaxBatchSize"]);
    Ok(resolver)
}
