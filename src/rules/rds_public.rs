//! A database with a public address. See `rules/rds-public.md`.

use super::Sink;
use super::ingress::{self, open, shown};
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::network::Gap;
use crate::graph::network::stores::Store;
use crate::model::read;
use crate::value::{Guard, ResourceId, Value};

const ID: &str = "rds-public";

/// Runs the rule.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for store in graph.network().stores.databases() {
        check_resource(graph, sink, Some(store), store.resource, &store.public);
        for (member, public) in &store.members {
            check_resource(graph, sink, Some(store), *member, public);
        }
        if by_default(graph, store) {
            let reason = "without a subnet group it has a public address where its default VPC has an internet gateway";
            ingress::undecided(graph, sink, ID, store.resource, &Gap::new(reason, graph.resource(store.resource).name_span));
        }
    }
    for (member, public) in &graph.network().stores.strays {
        check_resource(graph, sink, None, *member, public);
    }
}

/// A database, or an instance of a cluster; `store` is none where that cluster is not in the unit.
fn check_resource(graph: &Graph<'_>, sink: &mut Sink, store: Option<&Store>, id: ResourceId, public: &Value) {
    for (guard, value) in public.alternatives() {
        if value.is_null() || value.as_bool() == Some(false) {
            continue;
        }
        if value.as_bool() != Some(true) {
            ingress::undecided(graph, sink, ID, id, &Gap::of(&value));
            continue;
        }
        report(graph, sink, store, id, public, &guard);
    }
}

fn report(graph: &Graph<'_>, sink: &mut Sink, store: Option<&Store>, id: ResourceId, public: &Value, when: &Guard) {
    let resource = graph.resource(id);
    let database = shown(graph, id);
    let mut related = Vec::new();
    let opening = store.and_then(|store| open::always_open(graph, store)).filter(|_| when.is_always());
    let message = match &opening {
        Some(case) => {
            related.push(Label::new(
                ingress::rule_span(case.rule),
                format!("{} lets in every address on port {}", case.group(graph), case.port()),
            ));
            Message::new(format!("anyone on the internet can connect to {database} on port {}", case.port()))
                .because(format!("{} lets in every address", case.group(graph)))
                .note("the database has a public address")
        }
        None => Message::new(format!("{database} has a public address"))
            .under(when)
            .note("only its security groups stand between it and the internet, and clients outside of its VPC reach it over the internet"),
    };
    if let Some(store) = store.filter(|store| id != store.resource) {
        related.push(Label::new(graph.resource(store.resource).name_span, "its cluster"));
    }
    let code = match resource.kind.contains("::") {
        true => "PubliclyAccessible: false\n",
        false => "publicly_accessible = false\n",
    };
    sink.findings.push(Finding {
        rule: ID,
        severity: if opening.is_some() { Severity::Error } else { Severity::Warning },
        message,
        primary: Label::new(graph.place(id, public), "a public address"),
        related,
        flow: Vec::new(),
        help: Some(Help { text: "give it no public address; let clients from outside in through a VPN".to_owned(), code: code.to_owned() }),
        address: resource.address.clone(),
        key: Default::default(),
    });
}

/// CloudFormation leaves the choice to RDS where neither is written: public in a default VPC. Source: CloudFormation, page of
/// `AWS::RDS::DBInstance`, `PubliclyAccessible`. Terraform's default is false.
fn by_default(graph: &Graph<'_>, store: &Store) -> bool {
    let resource = graph.resource(store.resource);
    let absent = |path: &str| read(&resource.attributes, path).is_null();
    resource.kind == "AWS::RDS::DBInstance"
        && store.public.is_null()
        && ["DBSubnetGroupName", "SourceDBInstanceIdentifier"].into_iter().all(absent)
}
