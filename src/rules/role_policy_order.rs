//! `role-policy-order`: what AWS checks when it is made does not wait for the policy of its role.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::Sink;
use super::support::eni;
use super::support::mend::{Dialect, dependency, dialect, is_modelled, local_address};
use super::support::role;
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::destinations::Destination;
use crate::graph::event_sources::Source;
use crate::graph::roles::{RoleRef, presence};
use crate::graph::vpc::Attached;
use crate::iam::{self, Grant, Need, PolicySet, ResourceSet, Sourced};
use crate::model::lambda::{EventSourceMapping, Function};
use crate::source::{FileId, Span};
use crate::unit::Resource;
use crate::value::{Guard, ResourceId, Value};

const RULE: &str = "role-policy-order";

/// Something that AWS tries out with its role when it is made.
struct Checked {
    resource: ResourceId,
    role: Value,
    guard: Guard,
    /// One of each group has to be allowed.
    needs: Vec<Vec<Need>>,
    on: Arc<ResourceSet>,
    error: &'static str,
    /// Terraform's provider makes it again for minutes while the role may not.
    tried_again: bool,
}

/// Checks functions in a VPC or with a dead-letter target, and event source mappings.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let mut told: HashSet<(ResourceId, ResourceId)> = HashSet::new();
    let places = Places::new(graph);
    for function in graph.all::<Function>() {
        for checked in in_vpc(graph, &function).into_iter().chain(with_dead_letters(graph, &function)) {
            judge(graph, &places, &checked, &mut told, sink);
        }
    }
    for mapping in graph.all::<EventSourceMapping>() {
        if let Some(checked) = reads(graph, &mapping) {
            judge(graph, &places, &checked, &mut told, sink);
        }
    }
}

fn in_vpc(graph: &Graph<'_>, function: &Function) -> Vec<Checked> {
    let cases = graph.vpc_cases(function).into_iter();
    let one = |case: crate::graph::vpc::VpcCase| match &case.attachment {
        Attached::Yes { subnets, groups } => Some(Checked {
            resource: function.id,
            role: function.role.clone(),
            needs: eni::needs(graph, function.id, subnets, groups).into_iter().map(|need| vec![need]).collect(),
            guard: case.guard,
            on: Arc::default(),
            error: "The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
            tried_again: true,
        }),
        Attached::No | Attached::Unknown(_) => None,
    };
    cases.filter_map(one).collect()
}

fn with_dead_letters(graph: &Graph<'_>, function: &Function) -> Vec<Checked> {
    let one = |(inner, target): (Guard, Value)| {
        let Destination::Known(kind, arn) = graph.destination(&target) else { return None };
        let error = match kind.service {
            "sqs" => "The provided execution role does not have permissions to call SendMessage on SQS",
            "sns" => "The provided execution role does not have permissions to call Publish on SNS",
            _ => return None,
        };
        Some(Checked {
            resource: function.id,
            role: function.role.clone(),
            guard: presence(graph.resource(function.id)).and(&inner)?,
            needs: vec![vec![kind.need(&arn)]],
            on: role::policies_on(graph, function.id, &target, &arn),
            error,
            tried_again: true,
        })
    };
    function.dead_letter_target.alternatives().into_iter().filter_map(one).collect()
}

fn reads(graph: &Graph<'_>, mapping: &EventSourceMapping) -> Option<Checked> {
    let Source::Known(kind, arn) = graph.event_source(&mapping.source) else { return None };
    let function = role::function(graph, &mapping.function, mapping.id).ok()?;
    let on = match kind.has_policy {
        true => role::policies_on(graph, mapping.id, &mapping.source, &arn),
        false => Arc::default(),
    };
    let error = match kind.name {
        "SQS queue" => "The function execution role does not have permissions to call ReceiveMessage on SQS",
        "Kinesis stream" | "DynamoDB stream" => "Cannot access stream … Please ensure the role can perform the GetRecords, … Actions",
        // How these are refused is documented nowhere.
        _ => return None,
    };
    Some(Checked {
        resource: mapping.id,
        role: function.role.clone(),
        guard: presence(graph.resource(mapping.id)).and(&presence(graph.resource(function.id)))?,
        needs: graph.poller_needs(mapping, kind, &arn),
        on,
        error,
        tried_again: false,
    })
}

fn judge(graph: &Graph<'_>, places: &Places, checked: &Checked, told: &mut HashSet<(ResourceId, ResourceId)>, sink: &mut Sink) {
    let resource = graph.resource(checked.resource);
    // The models of modules order what they make, as the modules do; a mapping that SAM makes cannot be told to wait.
    if is_modelled(resource) || (resource.origin.is_some() && !checked.tried_again) {
        return;
    }
    for (inner, role) in graph.roles_of(&checked.role) {
        let (Some(guard), RoleRef::Unit(role)) = (checked.guard.and(&inner), role) else { continue };
        if let Some(late) = late(graph, places, checked, role, &guard)
            && told.insert((checked.resource, late))
        {
            sink.findings.push(finding(graph, checked, graph.resource(role), graph.resource(late)));
        }
    }
}

/// The policy that comes too late: the role is allowed all of it, and not by what is there before.
fn late(graph: &Graph<'_>, places: &Places, checked: &Checked, role: ResourceId, guard: &Guard) -> Option<ResourceId> {
    let set = graph.policies_of(role);
    let holder = |source: &Sourced| places.holders(graph.resource(role), source);
    if set.policies.iter().all(|source| holder(source).is_empty()) {
        return None;
    }
    let waits_for = graph.closure(checked.resource);
    let early = |source: &&Sourced| {
        let holders = holder(source);
        holders.is_empty() || holders.iter().any(|id| waits_for.contains(id))
    };
    if set.policies.iter().all(|source| early(&source)) || !allows(graph, &set, checked, role, guard) {
        return None;
    }
    let before = PolicySet { policies: set.policies.iter().filter(early).cloned().collect(), ..(*set).clone() };
    let refused = |group: &Vec<Need>| group.iter().all(|need| matches!(ask(graph, &before, checked, need, role, guard), Grant::Missing(_)));
    if !checked.needs.iter().any(refused) {
        return None;
    }
    // The one that makes the difference.
    let rescues = |source: &&Sourced| {
        let with = PolicySet { policies: before.policies.iter().chain([*source]).cloned().collect(), ..before.clone() };
        checked
            .needs
            .iter()
            .filter(|group| refused(group))
            .any(|group| group.iter().any(|need| matches!(ask(graph, &with, checked, need, role, guard), Grant::Granted)))
    };
    let found = set.policies.iter().filter(|source| !early(source)).find(rescues)?;
    let holder = *holder(found).first()?;
    // What SAM makes is ordered by SAM; a policy that waits for what needs it would be a circle.
    let generated = graph.resource(holder).origin.is_some() || graph.depends_on(holder, checked.resource);
    (!generated).then_some(holder)
}

fn allows(graph: &Graph<'_>, set: &PolicySet, checked: &Checked, role: ResourceId, guard: &Guard) -> bool {
    let granted = |need: &Need| matches!(ask(graph, set, checked, need, role, guard), Grant::Granted);
    checked.needs.iter().all(|group| group.iter().any(granted))
}

fn ask(graph: &Graph<'_>, set: &PolicySet, checked: &Checked, need: &Need, role: ResourceId, guard: &Guard) -> Grant {
    match guard.and(&presence(graph.resource(role))) {
        None => Grant::Granted,
        Some(context) => iam::missing(set, &checked.on, std::slice::from_ref(need), &context),
    }
}

/// Where resources are written.
struct Places {
    /// For each file the blocks in their order: start, end, and the instances of each.
    by_file: HashMap<FileId, BTreeMap<u32, (u32, Vec<ResourceId>)>>,
}

impl Places {
    fn new(graph: &Graph<'_>) -> Self {
        let mut by_file: HashMap<FileId, BTreeMap<u32, (u32, Vec<ResourceId>)>> = HashMap::new();
        for resource in graph.unit.resources.iter().filter(|resource| !resource.span.is_none()) {
            let Span { file, start, end } = with_name(resource);
            let block = by_file.entry(file).or_default().entry(start).or_insert_with(|| (end, Vec::new()));
            block.1.push(resource.id);
        }
        Places { by_file }
    }

    /// The resources apart from the role in which a policy is written or attached; none for one within the role.
    fn holders(&self, role: &Resource, source: &Sourced) -> &[ResourceId] {
        if source.span.is_none() || with_name(role).contains(source.span) {
            return &[];
        }
        let block = self.by_file.get(&source.span.file).and_then(|blocks| blocks.range(..=source.span.start).next_back());
        match block {
            Some((_, (end, ids))) if *end >= source.span.end => ids,
            _ => &[],
        }
    }
}

/// A resource with its name, which stands before it in JSON.
fn with_name(resource: &Resource) -> Span {
    let (block, name) = (resource.span, resource.name_span);
    if name.is_none() || name.file != block.file {
        return block;
    }
    Span { start: block.start.min(name.start), end: block.end.max(name.end), ..block }
}

fn finding(graph: &Graph<'_>, checked: &Checked, role: &Resource, late: &Resource) -> Finding {
    let resource = graph.resource(checked.resource);
    let terraform = dialect(graph) == Dialect::Terraform;
    let in_time = terraform && checked.tried_again;
    let message = Message::new(format!("`{}` does not wait for `{}`", resource.address, late.address))
        .because(format!("that alone lets its role `{}` do what AWS tries out when it is made", role.address))
        .note(format!("the first deploy can fail with \"{}\"", checked.error))
        .note(if in_time { "Terraform's provider tries again for five minutes, so that it mostly comes in time" } else { "" });
    let name = dependency(resource, late);
    let (text, code) = match dialect(graph) {
        Dialect::Terraform => (format!("in `{}`:", local_address(resource)), format!("depends_on = [{name}]")),
        Dialect::Yaml => (format!("in `{}`:", resource.address), format!("DependsOn: {name}")),
        Dialect::Json => (format!("in `{}`:", resource.address), format!("\"DependsOn\": \"{name}\"")),
    };
    Finding {
        rule: RULE,
        severity: if in_time { Severity::Note } else { Severity::Warning },
        message,
        primary: Label::new(resource.name_span, format!("does not depend on `{name}`")),
        related: vec![Label::new(late.name_span, "must be there first"), Label::new(role.name_span, "the role")],
        flow: Vec::new(),
        help: Some(Help { text, code }),
        address: resource.address.clone(),
        key: late.address.clone(),
    }
}
