//! Parameter values, put in where the translator needs them at translation time.

use super::Expander;
use super::tree::{Kind, Tree};

impl Expander<'_> {
    /// A copy in which every `Ref` of a parameter with a known value, and every `${Parameter}` in an `Fn::Sub`, is replaced.
    /// Other intrinsic functions stay.
    pub(super) fn resolve(&self, tree: &Tree) -> Tree {
        if let Some(("Ref", argument)) = tree.intrinsic() {
            let value = argument.text().and_then(self.parameters);
            return value.map_or_else(|| tree.clone(), |v| tree.at().text(v));
        }
        if let Some(("Fn::Sub", argument)) = tree.intrinsic() {
            return self.resolve_sub(tree, argument);
        }
        let kind = match &tree.kind {
            Kind::Scalar(..) => return tree.clone(),
            Kind::List(items) => Kind::List(items.iter().map(|i| self.resolve(i)).collect()),
            Kind::Map(map) => Kind::Map(map.iter().map(|(k, v)| (k.clone(), self.resolve(v))).collect()),
        };
        tree.with_kind(kind)
    }

    fn resolve_sub(&self, tree: &Tree, argument: &Tree) -> Tree {
        let at = tree.at();
        let known = |name: &str| (self.parameters)(name);
        match &argument.kind {
            Kind::Scalar(text, _) => at.sub(replace_variables(text, &known)),
            Kind::List(parts) => {
                let mut parts: Vec<Tree> = parts.iter().map(|p| self.resolve(p)).collect();
                if let Some(first) = parts.first_mut()
                    && let Some(text) = first.text()
                {
                    *first = at.text(replace_variables(text, &known));
                }
                at.map([("Fn::Sub", at.list(parts))])
            }
            Kind::Map(_) => tree.clone(),
        }
    }

    /// The text that a property comes to with the known parameters.
    pub(super) fn resolved_text(&self, tree: &Tree) -> Option<String> {
        self.resolve(tree).text().map(str::to_owned)
    }
}

/// Replaces each `${Name}` for which `value` knows one; `${!Literal}` and unknown names stay.
pub(super) fn replace_variables(text: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let (before, after) = rest.split_at(start);
        out.push_str(before);
        let Some(end) = after.find('}') else {
            out.push_str(after);
            return out;
        };
        let name = &after[2..end];
        match Some(name).filter(|n| is_name(n)).and_then(value) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&after[..=end]),
        }
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    out
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == ':')
}
