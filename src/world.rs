//! Worlds: the environments that one unit may be deployed to, each with values of its own.

mod combine;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

pub use combine::{SWITCHES, Varied, combine, turned_on, turns_off};

use crate::value::{Str, Value};

/// How many worlds of one unit are looked into where nobody has named them.
pub const MAX_WORLDS: usize = 16;

/// What one environment gives to a unit. The default one gives nothing: variables and parameters have their defaults.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Its name: `prod`, `Env=prod`; empty for the default one.
    pub name: Str,
    /// Terraform: files with values of variables, read after those that the settings name.
    pub variable_files: Vec<PathBuf>,
    /// CloudFormation: the files that its values of parameters come from.
    pub parameter_files: Vec<PathBuf>,
    /// Values of parameters, of Terraform variables and of `terraform.workspace`. What the settings give by name wins.
    pub parameters: Vec<(Str, Value)>,
    /// The texts that it gives, each by the name of its variable or parameter. Two findings that differ in these alone are one.
    pub texts: Vec<(Str, Str)>,
    /// For one combination of allowed values: all of them in one order. Empty for an environment that has a name.
    pub combination: Vec<(Str, Str)>,
    /// What is not known of it, each with the values that it does not have.
    pub others: Vec<(Str, Arc<[Str]>)>,
    /// The parameters of the combination that have their defaults in it.
    pub at_default: Vec<Str>,
    /// It is a combination with other values than the defaults.
    pub departs: bool,
    /// The defaults of parameters and variables, those of the combination as well, are not taken for granted: who gives some may give others that go with them.
    pub strict: bool,
}

/// The worlds of one unit.
#[derive(Clone, Debug)]
pub struct Worlds {
    /// One at least, the most usual first.
    pub all: Vec<World>,
    /// They are combinations of allowed values: many of them may come out the same.
    pub combined: bool,
    /// What was left at its default, because there are too many combinations, or left out.
    pub left_out: Vec<Str>,
}

impl World {
    /// What a combination gives in place of defaults: `Engine=postgres`.
    pub fn departure(&self) -> String {
        let given = self.combination.iter().filter(|(name, _)| !self.at_default.contains(name));
        given.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
    }
}

impl Default for Worlds {
    fn default() -> Self {
        Worlds { all: vec![World::default()], combined: false, left_out: Vec::new() }
    }
}

impl Worlds {
    /// Environments with names; the default world where there are none.
    pub fn named(mut all: Vec<World>) -> Worlds {
        let left_out = all.drain(all.len().min(MAX_WORLDS)..).map(|world| world.name).collect();
        match all.is_empty() {
            true => Worlds::default(),
            false => Worlds { all, combined: false, left_out },
        }
    }
}

/// The names of the worlds in which something holds, as few and as short as they can be: `Env=prod` where it does not matter
/// what else there is. Empty where it holds in all.
pub fn holding(worlds: &[World], holds: &[bool]) -> Vec<Str> {
    let inside = |index: &usize| holds.get(*index).copied().unwrap_or_default();
    let (yes, no): (Vec<usize>, Vec<usize>) = (0..worlds.len()).partition(inside);
    if no.is_empty() {
        return Vec::new();
    }
    let all = |indices: &[usize]| indices.iter().filter_map(|i| worlds.get(*i)).collect::<Vec<_>>();
    let (yes, no) = (all(&yes), all(&no));
    let width = worlds.first().map_or(0, |world| world.combination.len());
    if width == 0 {
        return yes.iter().map(|world| world.name.clone()).collect();
    }
    let mut kept: Vec<usize> = (0..width).collect();
    // The last parameters matter least.
    for parameter in (0..width).rev() {
        let fewer: Vec<usize> = kept.iter().copied().filter(|p| *p != parameter).collect();
        if part(&yes, &fewer).is_disjoint(&part(&no, &fewer)) {
            kept = fewer;
        }
    }
    let mut seen = BTreeSet::new();
    let names = yes.iter().map(|world| named(world, &kept)).filter(|name| seen.insert(name.clone()));
    names.collect()
}

/// What combinations have of some parameters.
fn part(worlds: &[&World], kept: &[usize]) -> BTreeSet<Str> {
    worlds.iter().map(|world| named(world, kept)).collect()
}

/// `Env=prod, Size=large`, of some parameters of a combination.
fn named(world: &World, kept: &[usize]) -> Str {
    let terms = kept.iter().filter_map(|p| world.combination.get(*p)).map(|(name, value)| format!("{name}={value}"));
    terms.collect::<Vec<_>>().join(", ").into()
}

/// For messages: "in world prod", "in worlds prod and stage", "when Env = prod or stage", "when Env = prod and Size = large".
pub fn clause(names: &[Str]) -> String {
    if !names.iter().all(|name| name.contains('=')) {
        let listed = listed(names.iter().map(Str::to_string).collect(), "and");
        return format!("in {} {listed}", if names.len() == 1 { "world" } else { "worlds" });
    }
    match product(names) {
        Some(terms) => {
            let terms = terms.into_iter().map(|(parameter, values)| format!("{parameter} = {}", listed(values, "or")));
            format!("when {}", terms.collect::<Vec<_>>().join(" and "))
        }
        None => {
            let terms = names.iter().map(|name| format!("when {}", name.replace(", ", " and ").replace('=', " = ")));
            terms.collect::<Vec<_>>().join(", or ")
        }
    }
}

/// The values of each parameter, where the combinations are all that can be made of these.
fn product(names: &[Str]) -> Option<Vec<(&str, Vec<String>)>> {
    let mut terms: Vec<(&str, Vec<String>)> = Vec::new();
    for name in names {
        for term in name.split(", ") {
            let (parameter, value) = term.split_once('=')?;
            let value = if value.is_empty() { "\"\"".to_owned() } else { value.to_owned() };
            match terms.iter_mut().find(|(known, _)| *known == parameter) {
                Some((_, values)) if values.contains(&value) => {}
                Some((_, values)) => values.push(value),
                None => terms.push((parameter, vec![value])),
            }
        }
    }
    let count: usize = terms.iter().map(|(_, values)| values.len()).product();
    let whole = names.iter().all(|name| name.split(", ").count() == terms.len());
    (count == names.len() && whole).then_some(terms)
}

/// `a`, `a and b`, `a, b and c`.
fn listed(mut words: Vec<String>, joint: &str) -> String {
    match words.pop() {
        Some(last) if !words.is_empty() => format!("{} {joint} {last}", words.join(", ")),
        last => last.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn combined(values: &[[&str; 2]]) -> Vec<World> {
        let world = |[env, size]: &[&str; 2]| World {
            combination: vec![("Env".into(), (*env).into()), ("Size".into(), (*size).into())],
            ..World::default()
        };
        values.iter().map(world).collect()
    }

    fn texts(names: &[Str]) -> Vec<&str> {
        names.iter().map(Str::as_str).collect()
    }

    #[test]
    fn only_what_matters_is_named() {
        let worlds = combined(&[["dev", "s"], ["dev", "l"], ["prod", "s"], ["prod", "l"]]);
        assert_eq!(texts(&holding(&worlds, &[true; 4])), Vec::<&str>::new());
        assert_eq!(texts(&holding(&worlds, &[false, false, true, true])), ["Env=prod"]);
        assert_eq!(texts(&holding(&worlds, &[false, true, false, true])), ["Size=l"]);
        assert_eq!(texts(&holding(&worlds, &[false, false, false, true])), ["Env=prod, Size=l"]);
        assert_eq!(texts(&holding(&worlds, &[true, true, true, false])), ["Env=dev, Size=s", "Env=dev, Size=l", "Env=prod, Size=s"]);
    }

    #[test]
    fn environments_have_names() {
        let worlds = ["dev", "prod"].map(|name| World { name: name.into(), ..World::default() });
        assert_eq!(texts(&holding(&worlds, &[false, true])), ["prod"]);
        assert!(holding(&worlds, &[true, true]).is_empty());
    }

    #[test]
    fn clauses() {
        let clause = |names: &[&str]| super::clause(&names.iter().map(|name| Str::from(*name)).collect::<Vec<_>>());
        assert_eq!(clause(&["prod"]), "in world prod");
        assert_eq!(clause(&["dev", "prod", "stage"]), "in worlds dev, prod and stage");
        assert_eq!(clause(&["Env=prod"]), "when Env = prod");
        assert_eq!(clause(&["Env=prod", "Env="]), "when Env = prod or \"\"");
        assert_eq!(clause(&["Env=prod, Size=l"]), "when Env = prod and Size = l");
        assert_eq!(clause(&["Env=dev, Size=l", "Env=prod, Size=l"]), "when Env = dev or prod and Size = l");
        assert_eq!(clause(&["Env=prod, Size=l", "Env=dev, Size=s"]), "when Env = prod and Size = l, or when Env = dev and Size = s");
    }
}
