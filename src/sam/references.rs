//! Names that a template may use for generated resources (`!Ref Fn.Alias`, `${Api.Stage}`), rewritten to their logical ids.

use super::Expander;
use super::parameters::replace_variables;
use super::resource::Resource;
use super::tree::{Kind, Tree};
use crate::value::Str;

/// SAM type, the property that names the resource, the generated type.
const REFERABLE: [(&str, &str, &str); 15] = [
    ("Function", "Alias", "AWS::Lambda::Alias"),
    ("Function", "Version", "AWS::Lambda::Version"),
    ("Function", "DestinationTopic", "AWS::SNS::Topic"),
    ("Function", "DestinationQueue", "AWS::SQS::Queue"),
    ("Api", "Stage", "AWS::ApiGateway::Stage"),
    ("Api", "Deployment", "AWS::ApiGateway::Deployment"),
    ("Api", "DomainName", "AWS::ApiGateway::DomainName"),
    ("Api", "DomainNameV2", "AWS::ApiGateway::DomainNameV2"),
    ("Api", "UsagePlan", "AWS::ApiGateway::UsagePlan"),
    ("Api", "UsagePlanKey", "AWS::ApiGateway::UsagePlanKey"),
    ("Api", "ApiKey", "AWS::ApiGateway::ApiKey"),
    ("HttpApi", "Stage", "AWS::ApiGatewayV2::Stage"),
    ("HttpApi", "DomainName", "AWS::ApiGatewayV2::DomainName"),
    ("WebSocketApi", "Stage", "AWS::ApiGatewayV2::Stage"),
    ("WebSocketApi", "DomainName", "AWS::ApiGatewayV2::DomainName"),
];

impl Expander<'_> {
    /// Remembers how a template may call what was generated for a SAM resource.
    pub(super) fn note_references(&mut self, id: &Str, kind: &str, generated: &[Resource]) {
        for (_, property, generated_type) in REFERABLE.iter().filter(|r| r.0 == kind) {
            if let Some(resource) = generated.iter().rev().find(|r| r.kind == *generated_type) {
                self.referable.insert(format!("{id}.{property}").into(), resource.id.as_str().into());
            }
        }
    }

    /// Rewrites every reference in the result.
    pub(super) fn rewrite_references(&mut self) {
        if self.referable.is_empty() && self.renamed.is_empty() {
            return;
        }
        let mut output = std::mem::take(&mut self.output);
        for resource in output.values_mut() {
            self.rewrite_depends_on(resource);
            self.rewrite(resource);
        }
        self.output = output;
        if let Some(mut conditions) = self.conditions.take() {
            self.rewrite(&mut conditions);
            self.conditions = Some(conditions);
        }
    }

    fn rewrite_depends_on(&self, resource: &mut Tree) {
        let Some(depends_on) = resource.get_mut("DependsOn") else { return };
        let rename = |tree: &mut Tree| {
            if let Some(new) = tree.text().and_then(|t| self.renamed.get(t)).cloned() {
                *tree = tree.at().text(new);
            }
        };
        match &mut depends_on.kind {
            Kind::List(items) => items.iter_mut().for_each(rename),
            _ => rename(depends_on),
        }
    }

    /// Rewrites every reference below a tree, such as the template's outputs.
    pub(super) fn rewrite(&self, tree: &mut Tree) {
        let at = tree.at();
        let replaced = match tree.intrinsic() {
            Some(("Ref", argument)) => argument.text().and_then(|t| self.name_of(t)).map(|id| at.reference(id)),
            Some(("Fn::GetAtt", argument)) => self.get_att(argument).map(|parts| at.map([("Fn::GetAtt", at.list(parts))])),
            Some(("Fn::Sub", _)) => {
                self.rewrite_sub(tree);
                return;
            }
            _ => None,
        };
        match replaced {
            Some(replaced) => *tree = replaced,
            None => self.rewrite_children(tree),
        }
    }

    fn rewrite_children(&self, tree: &mut Tree) {
        match &mut tree.kind {
            Kind::Map(map) => map.values_mut().for_each(|v| self.rewrite(v)),
            Kind::List(items) => items.iter_mut().for_each(|v| self.rewrite(v)),
            Kind::Scalar(..) => {}
        }
    }

    fn name_of(&self, reference: &str) -> Option<Str> {
        self.referable.get(reference).or_else(|| self.renamed.get(reference)).cloned()
    }

    fn get_att(&self, argument: &Tree) -> Option<Vec<Tree>> {
        let at = argument.at();
        let parts: Vec<&str> = argument.items()?.iter().map(Tree::text).collect::<Option<_>>()?;
        let joined = parts.join(".");
        let names: Vec<&str> = joined.split('.').collect();
        let [id, property, rest @ ..] = names.as_slice() else { return None };
        if let Some(new) = self.referable.get(format!("{id}.{property}").as_str()) {
            return Some(std::iter::once(new.as_str()).chain(rest.iter().copied()).map(|t| at.text(t)).collect());
        }
        let new = self.renamed.get(*id)?;
        Some(std::iter::once(new.as_str()).chain(names[1..].iter().copied()).map(|t| at.text(t)).collect())
    }

    fn rewrite_sub(&self, tree: &mut Tree) {
        let Some(argument) = tree.get_mut("Fn::Sub") else { return };
        let text = |t: &str| replace_variables(t, &|name| self.variable(name));
        match &mut argument.kind {
            Kind::Scalar(value, _) => *value = text(value).into(),
            Kind::List(parts) => {
                if let Some(Kind::Scalar(value, _)) = parts.first_mut().map(|p| &mut p.kind) {
                    *value = text(value).into();
                }
                parts.iter_mut().skip(1).for_each(|p| self.rewrite(p));
            }
            Kind::Map(_) => {}
        }
    }

    /// `${Fn.Alias}` → `${FnAliaslive}`, `${Layer.Arn}` → `${Layer0123456789.Arn}`.
    fn variable(&self, name: &str) -> Option<String> {
        let mut parts = name.splitn(3, '.');
        let (id, property, rest) = (parts.next()?, parts.next(), parts.next());
        let tail = rest.map(|r| format!(".{r}")).unwrap_or_default();
        if let Some(property) = property
            && let Some(new) = self.referable.get(format!("{id}.{property}").as_str())
        {
            return Some(format!("${{{new}{tail}}}"));
        }
        let new = self.renamed.get(id)?;
        Some(format!("${{{new}{}}}", &name[id.len()..]))
    }
}
