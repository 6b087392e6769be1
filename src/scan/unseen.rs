//! What a unit calls and cannot be seen into: told once for each source, so that silence about it is not taken for a clean bill.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use crate::boundary::outside;
use crate::finding::Undecided;
use crate::source::Span;
use crate::terraform::module_source::is_local;
use crate::unit::{Absent, Opaque, Unit, UnitKind};
use crate::value::{Kind, Part, Str, Value};

/// The rule of what cannot be seen into.
pub const UNSEEN_SOURCE: &str = "unseen-source";

/// Words that make a module one which wires nothing: certificates, container registries, names, domains, budgets. None of their
/// resources is one that a rule looks at.
const BYSTANDERS: [&str; 13] =
    ["acm", "budget", "budgets", "certificate", "certificates", "cert", "dns", "ecr", "label", "naming", "route53", "tags", "zones"];

/// Words that may stand beside them. With any other word (`acm-expiry-notifier`, `ecr-scan-handler`) a name says something else.
const BESIDE: [&str; 23] = [
    "alias",
    "aws",
    "cluster",
    "context",
    "generator",
    "hosted",
    "hostname",
    "module",
    "null",
    "private",
    "public",
    "record",
    "records",
    "registry",
    "repo",
    "repositories",
    "repository",
    "request",
    "simple",
    "terraform",
    "tf",
    "validation",
    "zone",
];

/// Words of outputs of such a module that name what it is for.
const OWN_OUTPUTS: [&str; 12] =
    ["acm", "budget", "cert", "certificate", "certificates", "ecr", "registry", "repository", "route53", "validation", "zone", "zones"];

/// Registry namespaces whose modules of these names are known.
const KNOWN_PUBLISHERS: [&str; 2] = ["terraform-aws-modules/", "cloudposse/"];

/// Kinds of resources that may be given to such a module without being wired by it.
const BYSTANDING_KINDS: [&str; 12] = [
    "aws_acm_",
    "aws_acmpca_",
    "aws_caller_identity",
    "aws_ecr_",
    "aws_partition",
    "aws_region",
    "aws_route53_",
    "null_",
    "random_",
    "AWS::CertificateManager::",
    "AWS::ECR::",
    "AWS::Route53::",
];

/// A line for each module call, nested stack and macro of a unit that hides what it makes, and whether something that a rule looks
/// at may lie inside; one line for all that lies in one submodule of git's.
pub fn unseen(unit: &Unit) -> Vec<(Undecided, bool)> {
    let mut seen = HashSet::new();
    // A local folder that is not there is a problem of its own, unless something else puts it there.
    let is_told = |o: &Opaque| o.reason.is_none() && o.absent.is_none() && is_local(&o.source);
    let calls: Vec<&Opaque> = unit.opaque.iter().filter(|o| !is_told(o) && seen.insert((o.span, o.source.clone()))).collect();
    let mut submodules: BTreeMap<&Str, Vec<&Opaque>> = BTreeMap::new();
    let mut out = Vec::new();
    for opaque in calls {
        match &opaque.absent {
            Some(Absent::Submodule(path)) => submodules.entry(path).or_default().push(opaque),
            _ => out.push((line(opaque, opaque.address.clone(), reason(unit, opaque)), may_wire(unit, opaque))),
        }
    }
    for (path, calls) in submodules {
        let wires = calls.iter().any(|opaque| may_wire(unit, opaque));
        out.extend(calls.first().map(|first| (line(first, path.clone(), not_checked_out(unit, path, &calls)), wires)));
    }
    out
}

fn line(opaque: &Opaque, address: Str, reason: String) -> Undecided {
    Undecided { rule: UNSEEN_SOURCE, address, span: opaque.span, reason, cause: Span::NONE }
}

fn not_checked_out(unit: &Unit, path: &str, calls: &[&Opaque]) -> String {
    let what = if unit.kind == UnitKind::Terraform { "module" } else { "template" };
    let modules = match calls.len() {
        1 => format!("the {what} in it was"),
        n => format!("the {n} {what}s in it were"),
    };
    format!(
        "the git submodule `{path}` is not checked out, so {modules} not seen: `git submodule update --init` (in a workflow, \
         `submodules: true` of actions/checkout) checks it out"
    )
}

/// Whether something that a rule looks at may lie in what cannot be seen: not in a module whose name says that it wires nothing, that
/// is given nothing to wire, and whose outputs are used as nothing else.
fn may_wire(unit: &Unit, opaque: &Opaque) -> bool {
    let is_bystander = |kind: &str| BYSTANDING_KINDS.iter().any(|prefix| kind.starts_with(prefix));
    let given = || opaque.references.iter().filter_map(|id| unit.resources.get(id.0 as usize));
    // What these publish does what its name says, whatever it is given; another's may do more.
    let is_known = KNOWN_PUBLISHERS.iter().any(|publisher| opaque.source.starts_with(publisher));
    unit.kind != UnitKind::Terraform
        || opaque.arguments.is_null()
        || !is_bystander_name(name(&opaque.source))
        || !is_known && (given().any(|resource| !is_bystander(&resource.kind)) || gives_more(unit, opaque))
}

/// Whether every word of a name is one of a module that wires nothing.
fn is_bystander_name(name: &str) -> bool {
    let words = || name.split(['-', '_', '.']).filter(|word| !word.is_empty());
    words().any(|word| BYSTANDERS.contains(&word)) && words().all(|word| BYSTANDERS.contains(&word) || BESIDE.contains(&word))
}

/// Whether a resource uses an output that is the ARN or address of something else than the module is for.
fn gives_more(unit: &Unit, opaque: &Opaque) -> bool {
    let prefix = format!("{}.", opaque.address);
    let is_more = |shown: &str| {
        shown.strip_prefix(prefix.as_str()).is_some_and(|output| {
            let words = || output.split(['_', '-', '.', '[', ']']);
            words().any(|word| matches!(word, "arn" | "arns" | "url" | "endpoint")) && !words().any(|word| OWN_OUTPUTS.contains(&word))
        })
    };
    unit.resources.iter().any(|resource| uses(&resource.attributes, &is_more, 0))
}

/// Deeper than any attribute nests.
const MAX_DEPTH: usize = 24;

/// Whether something in a value is not known and shown like that.
fn uses(value: &Value, is_it: &dyn Fn(&str) -> bool, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    let inner = |value: &Value| uses(value, is_it, depth + 1);
    match &value.kind {
        Kind::Unknown(unknown) => is_it(&unknown.shown),
        Kind::Text(text) => {
            text.holes().unwrap_or_default().iter().any(|part| matches!(part, Part::Unknown(unknown) if is_it(&unknown.shown)))
        }
        Kind::List(list) => list.items.iter().any(inner),
        Kind::Map(map) => map.entries.values().any(inner),
        Kind::Choice(branches) => branches.iter().any(|(_, branch)| inner(branch)),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Attr(_) => false,
    }
}

/// The name in a module's source: `acm` in `terraform-aws-modules/acm/aws`, `terraform-aws-acm` in a git address; that of the
/// submodule, where it is one.
fn name(source: &str) -> &str {
    let address = source.split('?').next().unwrap_or(source);
    let (address, inner) = match address.rsplit_once("//") {
        Some((outer, inner)) if !outer.ends_with(':') => (outer, Some(inner)),
        _ => (address, None),
    };
    if let Some(inner) = inner {
        return inner.trim_end_matches('/').rsplit('/').next().unwrap_or(inner);
    }
    let parts: Vec<&str> = address.trim_end_matches(".git").split('/').collect();
    let is_registry = !address.contains("::") && !address.contains('@') && (3..=4).contains(&parts.len()) && !parts[0].contains("github");
    let last = parts.len() - 1 - usize::from(is_registry);
    parts[last]
}

fn reason(unit: &Unit, opaque: &Opaque) -> String {
    let Opaque { address, source, .. } = opaque;
    if let Some(reason) = &opaque.reason {
        return reason.to_string();
    }
    let modelled = unit.modelled.iter().find(|m| m.address == *address);
    match opaque.absent {
        Some(Absent::Built) => {
            return format!("the module folder `{source}` is not here, so nothing inside it was checked; a build makes it");
        }
        Some(Absent::Outside) => return format!("the module folder {}", outside(Path::new(source.as_str()))),
        _ => {}
    }
    match (unit.kind, modelled) {
        (_, Some(modelled)) => {
            let names: Vec<String> = modelled.unknown_arguments.iter().map(|n| format!("`{n}`")).collect();
            format!("what {} of `{address}` ({source}) does is not known; `terraform init` installs the module", names.join(", "))
        }
        (UnitKind::Terraform, None) if address != source => {
            format!("the module `{source}` is not here, so nothing inside it was checked; `terraform init` installs it")
        }
        // A macro is called by its name.
        (_, None) if address == source => format!("what the macro `{source}` makes cannot be seen, so nothing of it was checked"),
        (_, None) => {
            format!("what the template `{source}` makes cannot be seen, so nothing of it was checked")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_another_word_says_something_else() {
        for bystander in ["acm", "terraform-aws-acm", "route53_records", "null-label", "ecr-repository", "acm-request-certificate"] {
            assert!(is_bystander_name(bystander), "{bystander}");
        }
        for other in ["acm-expiry-notifier", "ecr-scan-lambda", "dns-failover-function", "aws", "terraform-aws-lambda", ""] {
            assert!(!is_bystander_name(other), "{other}");
        }
    }

    #[test]
    fn names_of_sources() {
        assert_eq!(name("terraform-aws-modules/acm/aws"), "acm");
        assert_eq!(name("app.terraform.io/example/ecr/aws"), "ecr");
        assert_eq!(name("terraform-aws-modules/iam/aws//modules/iam-role"), "iam-role");
        assert_eq!(name("git::https://github.com/example/terraform-aws-acm.git?ref=v1"), "terraform-aws-acm");
        assert_eq!(name("github.com/example/terraform-aws-ecr"), "terraform-aws-ecr");
        assert_eq!(name("git@github.com:example/worker.git"), "worker");
        assert_eq!(name("git::https://example.com/all.git//modules/route53"), "route53");
    }
}
