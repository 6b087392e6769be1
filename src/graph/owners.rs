//! Which resource of the unit an ARN that is written by hand names.

use std::collections::HashMap;

use super::Graph;
use super::arn::Arn;
use crate::model::names;
use crate::text::Answer;
use crate::unit::{Mode, Resource};
use crate::value::{ResourceId, Str, Text, format_smolstr};

/// The unit's resources by what stands after the account in their ARN.
#[derive(Debug, Default)]
pub struct Owners {
    by_end: HashMap<Str, Vec<(Arn, ResourceId)>>,
}

/// The attributes one of which is the ARN.
const ATTRIBUTES: [&str; 3] = ["Arn", "Ref", "arn"];

impl Owners {
    pub(super) fn new(graph: &Graph<'_>) -> Self {
        let mut out = Owners::default();
        for resource in graph.unit.resources.iter().filter(|r| r.mode == Mode::Managed) {
            let arn = ATTRIBUTES.iter().find_map(|path| Arn::parse(&graph.names.attribute(resource.id, path)));
            if let Some((arn, key)) = arn.and_then(|arn| Some((arn.clone(), end(&arn)?))) {
                out.by_end.entry(key).or_default().push((arn, resource.id));
            }
        }
        out
    }
}

fn end(arn: &Arn) -> Option<Str> {
    Some(format_smolstr!("{}:{}", arn.service().as_known()?, names::key(arn.resource())?))
}

impl Graph<'_> {
    /// The managed resource whose ARN this is; what is spelled out where the unit leaves it to the deploy (partition, region, account)
    /// is taken to be the unit's own.
    pub fn owner_of_arn(&self, arn: &Text) -> Option<&Resource> {
        let arn = Arn::parse(arn)?;
        let named = self.owners.get_or_init(|| Owners::new(self)).by_end.get(&end(&arn)?)?;
        named.iter().find(|(own, _)| arn.matches(own) == Answer::Yes).map(|(_, id)| self.resource(*id))
    }
}
