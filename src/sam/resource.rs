//! A CloudFormation resource while it is being made.

use super::tree::{At, IntoTree, Map, Tree};

/// Attributes that the translator copies from a SAM resource to everything that it generates for it.
const PASSED_ON: [&str; 3] = ["Condition", "DeletionPolicy", "UpdateReplacePolicy"];

/// Attributes that the main resource keeps besides.
const KEPT: [&str; 5] = ["DeletionPolicy", "UpdatePolicy", "Condition", "UpdateReplacePolicy", "Metadata"];

/// The attributes of a SAM resource that go to generated resources.
pub(super) fn passed_on(resource: &Tree) -> Map {
    attributes(resource, &PASSED_ON)
}

/// The attributes of a SAM resource that go to the resource that takes its place.
pub(super) fn kept(resource: &Tree) -> Map {
    attributes(resource, &KEPT)
}

fn attributes(resource: &Tree, names: &[&str]) -> Map {
    names.iter().filter_map(|n| resource.map()?.get(*n).map(|v| ((*n).into(), v.clone()))).collect()
}

/// A generated resource.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    /// Its logical id.
    pub id: String,
    /// Its CloudFormation type.
    pub kind: &'static str,
    /// `DependsOn`, where there is any.
    pub depends_on: Option<Tree>,
    /// `Condition`, `DeletionPolicy` and the like.
    pub attributes: Map,
    /// Its properties.
    pub properties: Map,
    /// What caused it.
    pub at: At,
    /// What caused it, in words; `None` for the resource that takes the SAM resource's place.
    pub origin: Option<String>,
}

impl Resource {
    /// A resource without properties yet.
    pub(super) fn new(id: impl Into<String>, kind: &'static str, at: At, attributes: &Map) -> Self {
        Resource { id: id.into(), kind, depends_on: None, attributes: attributes.clone(), properties: Map::new(), at, origin: None }
    }

    /// Sets a property.
    pub(super) fn set(&mut self, name: &str, value: impl IntoTree) -> &mut Self {
        self.properties.insert(name.into(), value.into_tree(self.at));
        self
    }

    /// Sets a property where there is a value for it.
    pub(super) fn set_some(&mut self, name: &str, value: Option<&Tree>) -> &mut Self {
        if let Some(value) = value.filter(|v| !v.is_null()) {
            self.properties.insert(name.into(), value.clone());
        }
        self
    }

    /// Copies properties of the same name.
    pub(super) fn copy(&mut self, from: &Tree, names: &[&str]) -> &mut Self {
        for name in names {
            self.set_some(name, from.get(name));
        }
        self
    }

    /// Copies properties of the same name where they count as set.
    pub(super) fn copy_set(&mut self, from: &Tree, names: &[&str]) -> &mut Self {
        for name in names.iter().filter(|n| from.has(n)) {
            self.set_some(name, from.get(name));
        }
        self
    }

    /// `Ref` of it.
    pub(super) fn reference(&self) -> Tree {
        self.at.reference(self.id.as_str())
    }

    /// `Fn::GetAtt` of its ARN.
    pub(super) fn arn(&self) -> Tree {
        self.at.get_att(self.id.as_str(), "Arn")
    }

    /// The resource as it stands in a template.
    pub(super) fn into_tree(self) -> Tree {
        let mut map = Map::new();
        map.insert("Type".into(), self.at.text(self.kind));
        if let Some(depends_on) = self.depends_on {
            map.insert("DependsOn".into(), depends_on);
        }
        map.extend(self.attributes);
        map.insert("Properties".into(), self.at.of(self.properties));
        self.at.of(map)
    }
}

/// A map of tags as CloudFormation's list of them.
pub(super) fn tag_list(tags: Option<&Tree>, at: At) -> Vec<Tree> {
    let Some(map) = tags.and_then(Tree::map) else { return Vec::new() };
    let value = |v: &Tree| if v.is_null() { at.text("") } else { v.clone() };
    map.iter().map(|(k, v)| at.map([("Key", at.text(k.clone())), ("Value", value(v))])).collect()
}

/// The tag that marks what SAM has made, and the user's tags after it.
pub(super) fn sam_tags(key: &str, tags: Option<&Tree>, at: At) -> Tree {
    let mut list = vec![at.map([("Key", at.text(key)), ("Value", at.text("SAM"))])];
    list.extend(tag_list(tags, at));
    at.list(list)
}
