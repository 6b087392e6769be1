//! Files that are no whole template: parts that a build puts together (`rain merge`, `resources: - ${file(…)}` of the Serverless
//! Framework), and templates in the language of a tool that works on them before CloudFormation does.
//!
//! What such a file declares is checked. What it takes from elsewhere is not known, and told once for the file.

use indexmap::IndexSet;

use super::resolver::{Resolver, StackId};
use super::template::start_of;
use crate::syntax::node::Node;
use crate::value::{Str, format_smolstr};

/// The version that templates of org-formation have. Its functions and names (`!Ref CurrentAccount`, `!GetAtt AWSAccount.Alias`) and
/// what it makes for each account are its own (org-formation, "Organization annotated CloudFormation").
const ORG_FORMATION: &str = "2010-09-09-OC";

/// Sections of a template that one names which is whole, or is the one that the others are added to.
const HEADS: [&str; 3] = ["AWSTemplateFormatVersion", "Parameters", "Transform"];

/// Sections that something is declared in for resources to use.
const DECLARING: [&str; 4] = ["Parameters", "Mappings", "Conditions", "Globals"];

/// How many names a message shows.
const SHOWN: usize = 3;

/// Whether a template without this head may be a part of one, for the names that it uses and does not declare. Names that all are
/// slips of declared ones are mistakes.
pub(super) fn is_part(template: &Node, missing: &IndexSet<Str>) -> bool {
    if missing.is_empty() || HEADS.iter().any(|head| template.get(head).is_some()) {
        return false;
    }
    let declared = || {
        let sections = ["Resources", "Conditions", "Mappings"].iter().filter_map(|section| template.get(section)?.entries());
        sections.flatten().filter_map(|entry| entry.key.as_str())
    };
    let is_slip = |name: &Str| declared().any(|known| strsim::osa_distance(name, known) <= (name.len() / 4).min(2));
    !missing.iter().all(is_slip)
}

/// Whether a template has all but resources, which other files then have.
pub(super) fn lacks_resources(template: &Node) -> bool {
    let has = |section: &str| template.get(section).and_then(Node::entries).is_some_and(|entries| !entries.is_empty());
    template.get("Resources").is_none() && DECLARING.iter().any(|section| has(section))
}

impl Resolver<'_> {
    /// Records what there is beside this file.
    pub(super) fn parts(&mut self, id: StackId, template: &Node) {
        let start = start_of(template);
        if template.get("AWSTemplateFormatVersion").and_then(Node::as_str) == Some(ORG_FORMATION) {
            let reason = "org-formation works on this template first: what it makes and what its names stand for is not known";
            self.opaque_for(id, "org-formation", "org-formation", start, Some(reason.into()));
        }
        if self.stacks[id].parent.is_some() {
            return;
        }
        let reason = match &self.taken {
            Some(names) => taken(names),
            None if lacks_resources(template) => "the file declares no resources: a part that a build puts together with others?".into(),
            None => return,
        };
        let name = self.stacks[id].path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        self.opaque_for(id, &name, "other parts of the template", start, Some(reason));
    }

    /// Records the modules of the section `Modules`, which `rain pkg` and `aws cloudformation package` put in: the resources of each
    /// have its name before their own.
    pub(super) fn modules(&mut self, id: StackId, template: &Node) {
        for entry in template.get("Modules").and_then(Node::entries).unwrap_or_default() {
            let Some(name) = entry.key.as_str() else { continue };
            let source = entry.value.get("Source").and_then(Node::as_str).unwrap_or_default();
            let shown = if source.is_empty() { String::new() } else { format!(" (`{source}`)") };
            let reason = format_smolstr!("what the module `{name}`{shown} makes is not seen before the template is packaged");
            self.opaque_module(id, name, source, entry.key.span, reason);
        }
    }
}

fn taken(names: &IndexSet<Str>) -> Str {
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = shown.join(", ");
    format_smolstr!(
        "the file takes {shown}{more} from elsewhere: a part that a build puts together with others? What those add is not known"
    )
}
