//! Combinations of the values that variables, parameters and workspaces may have.

use super::{MAX_WORLDS, World, Worlds};
use crate::value::{Str, Value};

/// What may have several values.
pub struct Varied {
    /// The name of a variable or parameter, as findings have it.
    pub name: Str,
    /// Each value by its text, the default first, where there is one. Without a value nothing is given: the default holds, or nothing is known.
    pub values: Vec<(Str, Option<Value>)>,
    /// Whether the first value is a default.
    pub has_default: bool,
    /// Whether it is told that it stays at its default, where there are too many combinations.
    pub told: bool,
}

/// Every combination of the values of these, in the order in which they matter, as far as there are not too many: what is beyond stays at its default.
pub fn combine(candidates: Vec<Varied>, usual: World) -> Worlds {
    let mut chosen: Vec<Varied> = Vec::new();
    let mut left_out: Vec<Str> = Vec::new();
    let mut count = 1;
    for candidate in candidates {
        match count * candidate.values.len() <= MAX_WORLDS {
            true => {
                count *= candidate.values.len();
                chosen.push(candidate);
            }
            // What has no default stays unknown, and says so itself.
            false if candidate.has_default && candidate.told => left_out.push(candidate.name),
            false => {}
        }
    }
    if chosen.is_empty() {
        return Worlds { all: vec![usual], combined: false, left_out };
    }
    let all: Vec<World> = (0..count).map(|number| combination(number, &chosen, &usual)).collect();
    Worlds { all, combined: true, left_out }
}

/// The combination of a number: the first one changes slowest, and number 0 is all defaults.
fn combination(mut number: usize, chosen: &[Varied], usual: &World) -> World {
    let mut world = usual.clone();
    let mut picked: Vec<usize> = Vec::new();
    for varied in chosen.iter().rev() {
        picked.push(number % varied.values.len());
        number /= varied.values.len();
    }
    for (varied, at) in chosen.iter().zip(picked.into_iter().rev()) {
        let Some((text, value)) = varied.values.get(at) else { continue };
        world.parameters.extend(value.iter().map(|value| (varied.name.clone(), value.clone())));
        if value.is_none() && !(at == 0 && varied.has_default) {
            let known = varied.values.iter().filter(|(_, value)| value.is_some()).map(|(text, _)| text.clone());
            world.others.push((varied.name.clone(), known.collect()));
        }
        if value.is_some() || (at == 0 && varied.has_default) {
            world.texts.push((varied.name.clone(), text.clone()));
        }
        world.combination.push((varied.name.clone(), text.clone()));
        match at {
            0 if varied.has_default => world.at_default.push(varied.name.clone()),
            _ => world.departs |= varied.has_default,
        }
    }
    let terms = world.combination.iter().map(|(name, text)| format!("{name}={text}"));
    world.name = terms.collect::<Vec<_>>().join(", ").into();
    world
}

/// Texts that stand for off and on.
pub const SWITCHES: [(&str, &str); 7] =
    [("false", "true"), ("False", "True"), ("no", "yes"), ("No", "Yes"), ("off", "on"), ("disabled", "enabled"), ("0", "1")];

/// What turns on a switch that is off.
pub fn turned_on(text: &str) -> Option<&'static str> {
    SWITCHES.iter().find(|(off, _)| *off == text).map(|(_, on)| *on)
}

/// Whether a text turns off a switch that is on.
pub fn turns_off(default: &str, text: &str) -> bool {
    SWITCHES.contains(&(text, default))
}
