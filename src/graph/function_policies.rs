//! The policy of a function, as documents on other resources are: each permission is a statement of it.

use std::sync::Arc;

use super::Graph;
use super::functions::FunctionRef;
use super::permissions::Grant;
use super::resource_policies::statement;
use crate::iam::policy::{Condition, Elements, Item};
use crate::iam::{Gap, Policy, ResourceSet, Sourced, Statement};
use crate::text::{self, Answer};
use crate::value::{Guard, Kind, Text, Value};

impl Graph<'_> {
    /// The permissions of a function that may let a role in: those that name no service.
    pub fn function_policy(&self, target: &FunctionRef) -> ResourceSet {
        let policies = self.permissions.of_identities().filter_map(|grant| self.as_policy(grant, target)).collect();
        let given = self.functions.function(target).and_then(|id| self.unseen_of(id, "may add a permission that lets the role in"));
        ResourceSet { policies, gaps: given.map(|gap| Gap::new(gap.reason, gap.cause)).into_iter().collect(), ..ResourceSet::default() }
    }

    fn as_policy(&self, grant: &Grant, target: &FunctionRef) -> Option<Sourced> {
        let applies = match &grant.target {
            Some(on) => text::same(&on.name, &target.name).and(on.same_qualifier(target)),
            None => Answer::Maybe,
        };
        let resource = self.resource(grant.permission.id);
        let policy = Arc::new(Policy { statements: vec![self.as_statement(grant)], ..Policy::default() });
        (applies != Answer::No).then(|| Sourced {
            label: format!("permission `{}`", resource.address),
            span: self.place(resource.id, &grant.permission.principal),
            guard: grant.presence.clone(),
            applies,
            policy,
        })
    }

    fn as_statement(&self, grant: &Grant) -> Statement {
        let p = &grant.permission;
        let text = |value: &Value| self.names.text(value);
        let mut out = statement("AWS", text(&p.principal).unwrap_or_default(), text(&p.action).unwrap_or_default());
        let given = [
            ("ArnLike", "aws:SourceArn", &p.source_arn),
            ("StringEquals", "aws:SourceAccount", &p.source_account),
            ("StringEquals", "aws:PrincipalOrgID", &p.principal_org_id),
            ("StringEquals", "lambda:FunctionUrlAuthType", &p.function_url_auth_type),
            ("StringEquals", "lambda:EventSourceToken", &p.event_source_token),
            ("Bool", "lambda:InvokedViaFunctionUrl", &p.invoked_via_function_url),
        ];
        for (operator, key, value) in given.into_iter().filter(|(_, _, value)| !value.is_null()) {
            let open = matches!(value.kind, Kind::Unknown(_) | Kind::Choice(_));
            match text(value).filter(|_| !open) {
                Some(text) => out.conditions.push(condition(operator, key, text, value)),
                None => out.conditions_open = Some(value.first_unknown().map_or_else(|| format!("`{key}` is not known"), |h| h.message())),
            }
        }
        out
    }
}

fn condition(operator: &str, key: &str, text: Text, value: &Value) -> Condition {
    let values = Elements { items: vec![Item { text, guard: Guard::always() }], ..Elements::default() };
    Condition { operator: operator.into(), key: key.into(), values, span: value.span }
}
