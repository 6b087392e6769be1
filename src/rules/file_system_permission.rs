//! `file-system-permission`: a function mounts a file system whose policy does not let its role in.

use super::Sink;
use super::support::role::{self, Demand};
use crate::finding::{Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::roles::presence;
use crate::iam::{Caller, Need};
use crate::model::lambda::Function;
use crate::model::{items, read};
use crate::text::Answer;
use crate::unit::Resource;
use crate::value::Value;

const RULE: &str = "file-system-permission";

/// Checks every file system that a function mounts and that has a policy: without one every client may mount.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for function in graph.all::<Function>() {
        for config in items(&function.file_systems).0 {
            let access_point = either(&config, "Arn", "arn");
            let Some(system) = file_system(graph, &access_point) else { continue };
            match graph.resource_policies(system).iter().map(|p| p.applies).fold(Answer::No, Answer::or) {
                Answer::Yes => check_mount(graph, &function, system, &access_point, sink),
                Answer::Maybe => {
                    let reason = format!("whether a policy is on `{}` is not known", system.address);
                    role::undecided(graph, RULE, function.id, reason, access_point.span, sink);
                }
                Answer::No => {}
            }
        }
    }
}

fn either(value: &Value, cfn: &str, tf: &str) -> Value {
    match read(value, cfn) {
        unset if unset.is_null() => read(value, tf),
        found => found,
    }
}

/// The file system behind an access point of the unit.
fn file_system<'u>(graph: &Graph<'u>, access_point: &Value) -> Option<&'u Resource> {
    let is = |resource: &&Resource, kinds: [&str; 2]| kinds.contains(&resource.kind.as_str());
    let point = graph.referent(access_point).filter(|r| is(r, ["AWS::EFS::AccessPoint", "aws_efs_access_point"]))?;
    let named = either(&point.attributes, "FileSystemId", "file_system_id");
    graph.referent(&named).filter(|r| is(r, ["AWS::EFS::FileSystem", "aws_efs_file_system"]))
}

fn check_mount(graph: &Graph<'_>, function: &Function, system: &Resource, access_point: &Value, sink: &mut Sink) {
    let resource = graph.resource(function.id);
    let arn = graph.names.attribute(system.id, if system.kind.contains("::") { "Arn" } else { "arn" });
    let demand = Demand {
        rule: RULE,
        severity: Severity::Error,
        subject: function.id,
        key: system.address.clone(),
        role: function.role.clone(),
        guard: presence(resource),
        needs: vec![vec![Need::on("elasticfilesystem:ClientMount", arn, Caller::Function)]],
        on: graph.policies_on(system),
        consequence: Message::new(format!("`{}` cannot mount `{}`", resource.address, system.address)).note(
            "every call fails with EFSMountFailureException: the file system has a policy, which does not let the function's role in",
        ),
        cause: Label::new(access_point.span.or(resource.name_span), format!("mounts `{}`", system.address)),
    };
    role::check(graph, &demand, sink);
}
