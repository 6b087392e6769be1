//! A function and its database are in one VPC, and their security groups do not let the connection through. See
//! `rules/function-database-path.md`.

use super::Sink;
use super::ingress::snippet::terraform_inline;
use super::ingress::{self, listed, shown};
use super::support::mend::{Dialect, dialect, label, local_address, scope};
use super::support::place::{further, severity};
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::network::Gap;
use crate::graph::network::groups::{GroupKey, Rule};
use crate::graph::network::reach::{End, Reach, Way, lacks_egress};
use crate::graph::network::uses::{Addresses, Use};
use crate::graph::vpc::{Attached, VpcCase};
use crate::model::ec2::Direction;
use crate::model::lambda::Function;
use crate::text::Answer;
use crate::unit::Resource;
use crate::value::{Guard, Kind, ResourceId};

const ID: &str = "function-database-path";

/// How many rules of a group are shown as evidence.
const SHOWN: usize = 3;

/// Runs the rule.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let addresses = Addresses::new(graph);
    let reach = Reach::new(graph);
    for function in graph.all::<Function>() {
        let uses = addresses.used_by(graph, &function);
        if uses.is_empty() {
            continue;
        }
        let mut reported: Vec<ResourceId> = Vec::new();
        for case in graph.vpc_cases(&function) {
            if matches!(case.attachment, Attached::No) {
                continue;
            }
            for used in &uses {
                let Some(guard) = case.guard.and(&used.guard).filter(|_| !reported.contains(&used.store.resource)) else { continue };
                match check_use(graph, &reach, &case, used, &guard) {
                    Ok(None) => {}
                    Ok(Some(broken)) => {
                        report(graph, sink, &function, used, &guard, &broken);
                        reported.push(used.store.resource);
                    }
                    Err(gap) => ingress::undecided(graph, sink, ID, function.id, &gap),
                }
            }
        }
    }
}

/// A path that is closed.
struct Broken {
    /// Where: into the database, or out of the function.
    direction: Direction,
    own: End,
    theirs: End,
}

fn check_use(graph: &Graph<'_>, reach: &Reach<'_>, case: &VpcCase, used: &Use<'_>, guard: &Guard) -> Result<Option<Broken>, Gap> {
    if let Attached::Unknown(gap) = &case.attachment {
        return Err(gap.clone());
    }
    let theirs_vpc = used.store.vpc.clone()?;
    let own_vpc = graph.network().vpcs.of_subnets(graph, &case.subnets)?;
    match own_vpc.same(&theirs_vpc) {
        Answer::Yes => {}
        // That is for `function-database-vpc` to say.
        Answer::No => return Ok(None),
        Answer::Maybe => {
            let reason = format!("whether the function and `{}` are in one VPC is not known", graph.resource(used.store.resource).address);
            return Err(Gap::new(reason, case.span));
        }
    }
    let own = End::of_function(graph, case)?;
    let theirs = End::of_store(graph, used.store)?;
    let ways = [
        (Direction::Ingress, reach.way_into(used.store, &theirs, &own, guard)),
        (Direction::Egress, reach.out_to_store(used.store, &theirs, &own, guard)),
    ];
    let mut doubt = None;
    for (direction, way) in ways {
        match way {
            Way::Closed => return Ok(Some(Broken { direction, own, theirs })),
            Way::Unknown(gap) => doubt = doubt.or(Some(gap)),
            Way::Open => {}
        }
    }
    doubt.map_or(Ok(None), Err)
}

fn names(graph: &Graph<'_>, groups: &[ResourceId]) -> String {
    listed(&groups.iter().map(|id| shown(graph, *id)).collect::<Vec<_>>())
}

fn report(graph: &Graph<'_>, sink: &mut Sink, function: &Function, used: &Use<'_>, guard: &Guard, broken: &Broken) {
    let resource = graph.resource(function.id);
    let store = graph.resource(used.store.resource);
    let port = used.store.port.shown();
    let when = further(resource, guard);
    let (own, theirs) = (names(graph, &broken.own.groups), names(graph, &broken.theirs.groups));
    let bare = broken.own.groups.iter().all(|id| lacks_egress(graph, *id));
    let why = match (broken.direction, bare) {
        (Direction::Egress, true) => format!("{own} has no egress rule, and Terraform removes the one that AWS makes"),
        (Direction::Egress, false) => format!("no egress rule of {own} lets it out to {theirs} on port {port}"),
        _ => format!("no rule of {theirs} lets in {own} or the function's subnets on port {port}"),
    };
    let message = Message::new(format!("{} cannot reach {}", shown(graph, function.id), shown(graph, store.id)))
        .under(&when)
        .because(why)
        .note("its connections time out");
    let closed = if broken.direction == Direction::Egress { &broken.own.groups } else { &broken.theirs.groups };
    let place = closed.first().map_or(resource.name_span, |id| graph.resource(*id).name_span);
    let says = if broken.direction == Direction::Egress {
        "does not let the function out to the database"
    } else {
        "does not let the function in"
    };
    let mut related = vec![
        Label::new(used.value.span.or(resource.name_span), format!("variable `{}` has the address of the database", used.variable)),
        Label::new(store.name_span, format!("the {} listens on port {port}", used.store.kind.noun)),
    ];
    related.extend(rules(graph, closed, broken.direction).take(SHOWN).map(|r| Label::new(r.span, "this rule does not cover it")));
    let text = match broken.direction {
        Direction::Egress => format!("let the function's group out to {theirs} on port {port}"),
        _ => format!("let in {own} on port {port}"),
    };
    sink.findings.push(Finding {
        rule: ID,
        severity: severity(&when, Severity::Error),
        message,
        primary: Label::new(place, says),
        related,
        flow: Vec::new(),
        help: Some(Help { text, code: code(graph, used, broken) }),
        address: resource.address.clone(),
        key: store.address.clone(),
    });
}

fn rules<'g>(graph: &'g Graph<'_>, groups: &'g [ResourceId], direction: Direction) -> impl Iterator<Item = &'g Rule> + 'g {
    let all = &graph.network().groups;
    groups.iter().filter_map(|id| all.get(&GroupKey::Resource(*id))).flat_map(move |g| {
        let indices = if direction == Direction::Egress { &g.egress } else { &g.ingress };
        indices.iter().filter_map(|i| all.rules().get(*i))
    })
}

/// A rule that opens the path.
fn code(graph: &Graph<'_>, used: &Use<'_>, broken: &Broken) -> String {
    let (Some(own), Some(theirs)) = (broken.own.groups.first(), broken.theirs.groups.first()) else { return String::new() };
    let (own, theirs) = (graph.resource(*own), graph.resource(*theirs));
    let port = used.store.port.numbers.first().copied().unwrap_or_default();
    let egress = broken.direction == Direction::Egress;
    let (of, to) = if egress { (own, theirs) } else { (theirs, own) };
    match dialect(graph) {
        Dialect::Terraform => terraform_rule(graph, broken.direction, of, to, port),
        dialect => template_rule(dialect, egress, &of.address, &to.address, port),
    }
}

/// In the form of the group's own rules: Terraform takes a separate rule away again from a group that has inline ones (provider
/// documentation, "aws_security_group").
fn terraform_rule(graph: &Graph<'_>, direction: Direction, of: &Resource, to: &Resource, port: u16) -> String {
    let word = if direction == Direction::Egress { "egress" } else { "ingress" };
    // A module sees no resource of another one.
    let other = match scope(of) == scope(to) {
        true => format!("{}.id", local_address(to)),
        false => format!("var.{}_security_group_id", label(to)),
    };
    if let Some(inline) = rules(graph, &[of.id], direction).find(|r| r.resource == of.id) {
        let towards = if direction == Direction::Egress { "To" } else { "From" };
        let description = format!("{towards} {}", label(to));
        if !to.references.contains(&of.id) {
            return terraform_inline(word, &inline.entry, &port.to_string(), &other, &description);
        }
        // Two groups whose inline rules refer to each other are a cycle, which Terraform refuses.
        return match (direction, vpc_range(graph, of)) {
            (Direction::Egress, Some(range)) => format!(
                "egress {{\n  description = {description:?}\n  from_port   = {port}\n  to_port     = {port}\n  protocol    = \"tcp\"\n  cidr_blocks = [{range}]\n}}\n"
            ),
            _ => String::new(),
        };
    }
    format!(
        "resource \"aws_vpc_security_group_{word}_rule\" \"{}\" {{\n  security_group_id            = {}.id\n  referenced_security_group_id = {other}\n  ip_protocol                  = \"tcp\"\n  from_port                    = {port}\n  to_port                      = {port}\n}}",
        label(to),
        local_address(of)
    )
}

/// The range of the VPC that a group is in, as its own module refers to it.
fn vpc_range(graph: &Graph<'_>, group: &Resource) -> Option<String> {
    let Kind::Attr(vpc) = &group.attribute("vpc_id")?.kind else { return None };
    let vpc = graph.resource(vpc.resource);
    (vpc.kind == "aws_vpc" && scope(vpc) == scope(group)).then(|| format!("{}.cidr_block", local_address(vpc)))
}

fn template_rule(dialect: Dialect, egress: bool, of: &str, to: &str, port: u16) -> String {
    let (kind, other) = if egress { ("Egress", "DestinationSecurityGroupId") } else { ("Ingress", "SourceSecurityGroupId") };
    let name = format!("{of}{kind}");
    if dialect == Dialect::Yaml {
        return format!(
            "{name}:\n  Type: AWS::EC2::SecurityGroup{kind}\n  Properties:\n    GroupId: !GetAtt {of}.GroupId\n    {other}: !GetAtt {to}.GroupId\n    IpProtocol: tcp\n    FromPort: {port}\n    ToPort: {port}"
        );
    }
    format!(
        "\"{name}\": {{\n  \"Type\": \"AWS::EC2::SecurityGroup{kind}\",\n  \"Properties\": {{\n    \"GroupId\": {{ \"Fn::GetAtt\": [\"{of}\", \"GroupId\"] }},\n    \"{other}\": {{ \"Fn::GetAtt\": [\"{to}\", \"GroupId\"] }},\n    \"IpProtocol\": \"tcp\",\n    \"FromPort\": {port},\n    \"ToPort\": {port}\n  }}\n}}"
    )
}
