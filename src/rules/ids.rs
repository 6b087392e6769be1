//! Every id that a rule ever had: since which version, and what replaces those that are gone (`rules/ids.toml`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    /// The version in which each id first appeared.
    pub since: BTreeMap<String, String>,
    /// Those that no rule has any more.
    pub removed: BTreeMap<String, Removed>,
}

/// What became of a rule that is gone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removed {
    /// The first version without it.
    pub version: String,
    /// The rules that find what it found; empty where nothing does.
    pub instead: Vec<String>,
    /// Why it is gone.
    pub why: String,
}

static IDS: LazyLock<Ids> = LazyLock::new(|| Ids::parse(include_str!("../../rules/ids.toml")).unwrap_or_default());

/// The ids of this version.
pub fn ids() -> &'static Ids {
    &IDS
}

impl Ids {
    /// Reads the list.
    pub fn parse(text: &str) -> Result<Ids, toml::de::Error> {
        toml::from_str(text)
    }

    /// What to say of an id that no rule has: that there is no such rule, and what to write instead.
    pub fn unknown(&self, id: &str) -> (String, String) {
        match self.removed.get(id) {
            Some(removed) => (format!("rule `{id}` was removed in version {}", removed.version), removed.advice()),
            None => {
                let nearest = nearest(id).map(|near| format!("did you mean `{near}`?"));
                (format!("there is no rule `{id}`"), nearest.unwrap_or_else(|| "`iacscan rules` lists them".to_owned()))
            }
        }
    }
}

impl Removed {
    fn advice(&self) -> String {
        match self.instead.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>() {
            rules if rules.is_empty() => format!("nothing replaces it ({})", self.why),
            rules => format!("write {} ({})", super::support::list(&rules), self.why),
        }
    }
}

/// The rule whose id is most like a name that is no rule's.
fn nearest(name: &str) -> Option<&'static str> {
    let distance = |id: &str| strsim::osa_distance(&name.to_lowercase(), id);
    let scored = super::all().iter().map(|rule| (distance(rule.id), rule.id));
    let near = scored.min().filter(|(distance, id)| *distance <= id.len() / 3);
    let part = || super::all().iter().find(|rule| name.len() > 3 && rule.id.contains(name)).map(|rule| rule.id);
    near.map(|(_, id)| id).or_else(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read() {
        let read = Ids::parse(include_str!("../../rules/ids.toml")).expect("a list of ids");
        assert_eq!(read.since.len(), ids().since.len());
    }

    #[test]
    fn a_removed_rule_says_what_replaces_it() {
        let text = r#"
            [since]
            old = "0.1.0"
            [removed]
            old = { version = "0.2.0", instead = ["rds-public", "rds-open-ingress"], why = "each is a mistake of its own" }
            syntax = { version = "0.3.0", instead = [], why = "AWS takes it now" }
        "#;
        let ids = Ids::parse(text).expect("a list of ids");
        let said = |id| {
            let (message, help) = ids.unknown(id);
            format!("{message}: {help}")
        };
        let replaced = "rule `old` was removed in version 0.2.0: write `rds-public` and `rds-open-ingress` (each is a mistake of its own)";
        assert_eq!(said("old"), replaced);
        // Not: did you mean `syntax-error`?
        assert_eq!(said("syntax"), "rule `syntax` was removed in version 0.3.0: nothing replaces it (AWS takes it now)");
        assert_eq!(said("sintax-error"), "there is no rule `sintax-error`: did you mean `syntax-error`?");
        assert_eq!(said("zzzz"), "there is no rule `zzzz`: `iacscan rules` lists them");
    }
}
