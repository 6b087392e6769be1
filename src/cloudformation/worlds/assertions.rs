//! The `Rules` section: combinations of parameters that CloudFormation refuses ("Rules section structure and syntax", CloudFormation
//! User Guide).

use crate::syntax::node::Node;
use crate::value::Str;
use crate::workspace::Workspace;
use crate::world::World;

/// Conditions nested deeper are not decided.
const MAX_DEPTH: usize = 50;

/// Whether no assertion is known to fail.
pub(super) fn possible(template: &Node, world: &World, workspace: &Workspace) -> bool {
    let rules = template.get("Rules").and_then(Node::entries).unwrap_or_default();
    let see = Seen { template, world, workspace };
    rules.iter().all(|rule| {
        let applies = rule.value.get("RuleCondition").is_none_or(|condition| see.holds(condition, 0) == Some(true));
        let assertions = rule.value.get("Assertions").and_then(Node::items).unwrap_or_default();
        !applies || assertions.iter().filter_map(|a| a.get("Assert")).all(|assert| see.holds(assert, 0) != Some(false))
    })
}

struct Seen<'a> {
    template: &'a Node,
    world: &'a World,
    workspace: &'a Workspace,
}

impl Seen<'_> {
    /// What is known of a condition.
    fn holds(&self, node: &Node, depth: usize) -> Option<bool> {
        let [entry] = node.entries()? else { return None };
        let arguments = entry.value.items()?;
        let inner = |node: &Node| if depth < MAX_DEPTH { self.holds(node, depth + 1) } else { None };
        match (entry.key.as_str()?, arguments) {
            ("Fn::Equals", [a, b]) => Some(self.text(a)? == self.text(b)?),
            ("Fn::Not", [operand]) => inner(operand).map(|holds| !holds),
            ("Fn::And", operands) => all(operands.iter().map(inner)),
            ("Fn::Or", operands) => all(operands.iter().map(|o| inner(o).map(|holds| !holds))).map(|none| !none),
            ("Fn::Contains", [list, value]) => {
                let value = self.text(value)?;
                let items: Option<Vec<Str>> = list.items()?.iter().map(|item| self.text(item)).collect();
                Some(items?.contains(&value))
            }
            _ => None,
        }
    }

    /// The text of a literal, or of a parameter whose value the settings or this world give. A default may be replaced, where the world departs
    /// from the defaults.
    fn text(&self, node: &Node) -> Option<Str> {
        if let Some((text, _)) = super::text(node) {
            return Some(text);
        }
        let name = node.get("Ref")?.as_str()?;
        if let Some((_, text)) = self.workspace.options.parameters.iter().rfind(|(known, _)| known == name) {
            return Some(Str::from(text.as_str()));
        }
        let given = self.world.parameters.iter().rfind(|(known, _)| known == name);
        match given {
            Some((_, value)) => value.to_text()?.as_known().map(Str::from),
            None if self.world.departs => None,
            None => super::text(self.template.get("Parameters")?.get(name)?.get("Default")?).map(|(text, _)| text),
        }
    }
}

/// Whether all hold.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(true);
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = None,
        }
    }
    known
}
