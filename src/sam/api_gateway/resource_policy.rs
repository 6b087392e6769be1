//! `ResourcePolicy`: who may call a REST API, as a policy in its definition.

use crate::sam::openapi;
use crate::sam::tree::{Tree, tree};

const POLICY: &str = "x-amazon-apigateway-policy";

/// Adds the statements for one path.
pub(in crate::sam) fn add_resource_policy(body: &mut Tree, policy: &Tree, path: &str, stage: &Tree) {
    let at = policy.at();
    let resources = method_arns(body, path, stage);
    if body.get(POLICY).is_none() {
        body.set(POLICY, at.map([]));
    }
    let Some(document) = body.get_mut(POLICY) else { return };
    for (key, effect) in [("AwsAccountWhitelist", "Allow"), ("AwsAccountBlacklist", "Deny")] {
        if let Some(accounts) = policy.get(key).filter(|a| a.is_set()) {
            let accounts = as_list(accounts);
            let statement = tree!(at, {
                "Effect": effect,
                "Action": "execute-api:Invoke",
                "Resource": (&resources),
                "Principal": { "AWS": accounts },
            });
            document.set("Version", at.text("2012-10-17"));
            if document.get("Statement").is_none() {
                document.set("Statement", statement);
            } else {
                push(document, vec![statement], false);
            }
        }
    }
    for (key, operator) in [("IpRangeWhitelist", "NotIpAddress"), ("IpRangeBlacklist", "IpAddress")] {
        if let Some(ranges) = policy.get(key).filter(|r| r.is_set()) {
            let condition = tree!(at, { "aws:SourceIp": (as_list(ranges)) });
            deny_by_condition(document, &resources, operator, condition);
        }
    }
    for (kind, operator) in [("Blacklist", "StringEquals"), ("Whitelist", "StringNotEquals")] {
        if let Some(condition) = source_networks(policy, kind) {
            deny_by_condition(document, &resources, operator, condition);
        }
    }
}

/// Adds the statements that the template writes itself.
pub(in crate::sam) fn add_custom_statements(body: &mut Tree, policy: &Tree) {
    let Some(custom) = policy.get("CustomStatements").filter(|c| c.is_set()) else { return };
    let Some(document) = body.entry_map(POLICY) else { return };
    document.set("Version", custom.at().text("2012-10-17"));
    if document.get("Statement").is_none() {
        document.set("Statement", custom.clone());
    } else {
        push(document, custom.items().map_or_else(|| vec![custom.clone()], <[Tree]>::to_vec), true);
    }
}

fn as_list(tree: &Tree) -> Tree {
    if tree.items().is_some() { tree.clone() } else { tree.at().list(vec![tree.clone()]) }
}

fn method_arns(body: &Tree, path: &str, stage: &Tree) -> Tree {
    let at = stage.at();
    let item = body.get("paths").and_then(|p| p.get(path));
    let names = item.into_iter().flat_map(openapi::contents).filter_map(Tree::map).flat_map(|m| m.keys());
    let in_arn = openapi::arn_path(path, true);
    let arn = |name: &crate::value::Str| {
        let lower = name.to_lowercase();
        let method = if lower == openapi::ANY_METHOD || lower == "any" { "*".to_owned() } else { name.to_uppercase() };
        at.sub_with(format!("execute-api:/${{__Stage__}}/{method}{in_arn}"), [("__Stage__", stage.clone())])
    };
    at.list(names.map(arn).collect())
}

fn push(document: &mut Tree, statements: Vec<Tree>, only_new: bool) {
    let Some(written) = document.get("Statement").cloned() else { return };
    let mut all = match written.items() {
        Some(items) => items.to_vec(),
        None => vec![written.clone()],
    };
    for statement in statements {
        if !only_new || !all.contains(&statement) {
            all.push(statement);
        }
    }
    document.set("Statement", written.at().list(all));
}

fn deny_by_condition(document: &mut Tree, resources: &Tree, operator: &str, condition: Tree) {
    let at = condition.at();
    let statement = |effect: &str| tree!(at, { "Effect": effect, "Action": "execute-api:Invoke", "Resource": resources, "Principal": "*" });
    let mut deny = statement("Deny");
    deny.set("Condition", at.map([(operator, condition)]));
    document.set("Version", at.text("2012-10-17"));
    if document.get("Statement").is_none() {
        document.set("Statement", at.list(Vec::new()));
    }
    push(document, vec![statement("Allow"), deny], true);
}

fn source_networks(policy: &Tree, kind: &str) -> Option<Tree> {
    let listed = |key: String| policy.get(&key).map(as_list).and_then(|l| l.items().map(<[Tree]>::to_vec)).unwrap_or_default();
    let plain = listed(format!("SourceVpc{kind}"));
    let starting = |prefix: &str| plain.iter().filter(|p| p.text().is_some_and(|t| t.starts_with(prefix))).cloned().collect();
    let mut networks: Vec<Tree> = starting("vpc-");
    let mut endpoints: Vec<Tree> = starting("vpce-");
    networks.extend(listed(format!("IntrinsicVpc{kind}")));
    endpoints.extend(listed(format!("IntrinsicVpce{kind}")));
    let at = policy.at();
    let mut condition = at.map([]);
    for (key, values) in [("aws:SourceVpc", networks), ("aws:SourceVpce", endpoints)] {
        if !values.is_empty() {
            condition.set(key, at.list(values));
        }
    }
    condition.is_set().then_some(condition)
}
