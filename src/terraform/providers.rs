//! Provider configurations: which account and region their resources are in, and whether that is AWS at all.

use std::rc::Rc;
use std::sync::Arc;

use super::evaluator::Evaluator;
use super::identity;
use super::instance::{ModuleInstance, ProviderRef, ResourceSlot, Scope};
use crate::source::Span;
use crate::syntax::hcl::ast::{Block, Body};
use crate::value::{Kind, Part, Reason, Str, Text, Unknown, Value, format_smolstr};

/// A provider configuration.
#[derive(Debug)]
pub(super) struct Provider {
    /// `aws`, `module.a.aws.west`.
    pub identity: Str,
    /// The region; null where it is the unit's own.
    pub region: Value,
    /// The account; null where it is the unit's own.
    pub account: Value,
    /// Endpoints that are an emulator's, not those of AWS.
    emulated: Option<Emulated>,
}

/// Which services a provider configuration finds at an emulator.
#[derive(Debug)]
struct Emulated {
    /// The first endpoint that says so.
    span: Span,
    /// The names of the services, as `endpoints` has them.
    services: Vec<Str>,
    /// All that it has endpoints for are there.
    all: bool,
}

/// Services without which no permission is checked.
const IDENTITY_SERVICES: [&str; 3] = ["iam", "lambda", "sts"];

/// Services whose resource types do not begin with their name, each with how they begin.
const PREFIXES: [(&str, &str); 13] = [
    ("apigateway", "aws_api_gateway_"),
    ("cloudwatchevents", "aws_cloudwatch_event_"),
    ("cloudwatchlogs", "aws_cloudwatch_log_"),
    ("ec2", "aws_instance"),
    ("ec2", "aws_security_group"),
    ("ec2", "aws_subnet"),
    ("ec2", "aws_vpc"),
    ("es", "aws_elasticsearch_"),
    ("eventbridge", "aws_cloudwatch_event_"),
    ("events", "aws_cloudwatch_event_"),
    ("logs", "aws_cloudwatch_log_"),
    ("rds", "aws_db_"),
    ("stepfunctions", "aws_sfn_"),
];

impl Provider {
    /// The endpoint of a resource type, where that is an emulator's.
    pub fn emulator_of(&self, kind: &str) -> Option<Span> {
        let emulated = self.emulated.as_ref()?;
        let has = |service: &str| emulated.services.iter().any(|s| s == service);
        let own = emulated.services.iter().any(|service| kind.starts_with(&format!("aws_{service}_")))
            || PREFIXES.iter().any(|(service, prefix)| has(service) && kind.starts_with(prefix));
        let whole = emulated.all && IDENTITY_SERVICES.iter().any(|service| has(service));
        (own || whole).then_some(emulated.span)
    }
}

impl Evaluator<'_> {
    /// The provider configuration of a resource.
    pub(super) fn provider_of(&self, slot: &ResourceSlot) -> Arc<Provider> {
        let module = self.module(slot.module);
        let named = slot.decl.block.body.attribute("provider").and_then(|e| e.as_dotted()).map(|names| Str::from(names.join(".")));
        let key = named.unwrap_or_else(|| slot.decl.kind.split('_').next().unwrap_or_default().into());
        let target = self.provider_ref(&module, &key);
        let owner = self.module(target.module);
        let identity = owner.qualify(&target.key);
        if let Some(known) = self.providers.borrow().get(&identity) {
            return known.clone();
        }
        // Its arguments are evaluated with nothing borrowed: they may lead to a data source of the same provider.
        let provider = Arc::new(self.read_provider(&owner, &target, &identity));
        self.providers.borrow_mut().insert(identity, provider.clone());
        provider
    }

    fn read_provider(&self, owner: &Rc<ModuleInstance>, target: &ProviderRef, identity: &Str) -> Provider {
        let block = owner.source.providers.get(&target.key);
        let own = block.map(|block| self.setting(owner, &block.body, "region")).unwrap_or(Value::null(Span::NONE));
        let emulated = block.and_then(|block| self.emulated(owner, block));
        let Some((base, _)) = target.key.split_once('.') else {
            return Provider { identity: identity.clone(), region: own, account: Value::null(Span::NONE), emulated };
        };
        // What another configuration of the provider says is beside the default one: the unit's own place.
        let default = self.provider_ref(owner, base);
        let default_owner = self.module(default.module);
        let default = default_owner.source.providers.get(&default.key);
        let (region, account) = match block {
            Some(block) => {
                let alike = self.credentials(owner, Some(block)) == self.credentials(&default_owner, default);
                let account = self.account(owner, block, identity, alike);
                // Without a region it is that of the environment, in which the unit's own is given.
                let unsaid = own.is_null() && !alike;
                (if unsaid { elsewhere("region", identity, block.header) } else { own }, account)
            }
            // The caller of a root module that is a module configures it.
            None => (elsewhere("region", identity, Span::NONE), elsewhere("account", identity, Span::NONE)),
        };
        Provider { identity: identity.clone(), region, account, emulated }
    }

    fn setting(&self, owner: &Rc<ModuleInstance>, body: &Body, name: &str) -> Value {
        let value = body.attribute(name).and_then(|expr| self.deeper(|| self.eval(expr, Scope::of(owner))));
        value.unwrap_or(Value::null(Span::NONE))
    }

    /// What tells the accounts of two configurations apart. Two that hold something of which nothing is known are not alike.
    fn credentials(&self, owner: &Rc<ModuleInstance>, block: Option<&Block>) -> Vec<Option<Str>> {
        const SETTINGS: [&str; 5] = ["profile", "access_key", "shared_config_files", "shared_credentials_files", "shared_credentials_file"];
        let null = || identity::of(&Value::null(Span::NONE));
        let own = SETTINGS.iter().map(|name| match block {
            Some(block) => identity::of(&self.setting(owner, &block.body, name)),
            None => null(),
        });
        let roles = ["assume_role", "assume_role_with_web_identity"].iter().map(|name| {
            let role = block.and_then(|block| block.body.blocks(name).next());
            role.map_or_else(null, |role| identity::of(&self.setting(owner, &role.body, "role_arn")))
        });
        let unlike = |(at, id): (usize, Option<Str>)| id.or_else(|| Some(format_smolstr!("{}#{at}", block.map_or(0, |b| b.header.start))));
        own.chain(roles).enumerate().map(unlike).collect()
    }

    /// The account of a configuration that is not the default one: null where it is the same for sure.
    fn account(&self, owner: &Rc<ModuleInstance>, block: &Block, identity: &Str, alike: bool) -> Value {
        let allowed = self.setting(owner, &block.body, "allowed_account_ids");
        if let Some([only]) = allowed.as_list().map(|list| list.items.as_slice())
            && only.as_str().is_some()
        {
            return only.clone();
        }
        if alike {
            return Value::null(Span::NONE);
        }
        let role = block.body.blocks("assume_role").next().map(|role| self.setting(owner, &role.body, "role_arn"));
        let account =
            role.as_ref().and_then(Value::as_str).and_then(|arn| arn.split(':').nth(4)).filter(|id| id.len() == 12).map(Str::from);
        match (account, role) {
            (Some(id), Some(role)) => Value::string(id, role.span),
            _ => elsewhere("account", identity, block.header),
        }
    }

    fn emulated(&self, owner: &Rc<ModuleInstance>, block: &Block) -> Option<Emulated> {
        let mut found = Emulated { span: Span::NONE, services: Vec::new(), all: true };
        for attribute in block.body.blocks("endpoints").flat_map(|endpoints| &endpoints.body.attributes) {
            let value = self.deeper(|| self.eval(&attribute.value, Scope::of(owner))).unwrap_or(Value::null(Span::NONE));
            if value.is_null() {
                continue;
            }
            if host(&value).is_some_and(|host| is_emulator(&host)) {
                found.span = found.span.or(attribute.value.span);
                found.services.push(attribute.name.clone());
            } else {
                found.all = false;
            }
        }
        (!found.services.is_empty()).then_some(found)
    }
}

/// A region or account that another configuration than this unit's says.
fn elsewhere(what: &str, provider: &Str, span: Span) -> Value {
    let id = format_smolstr!("{provider}.{what}");
    let message = format_smolstr!("the {what} of provider `{provider}` is not known");
    let unknown = Unknown::identified(Reason::External, id.clone(), id, message, span);
    Value::new(Kind::Text(Text::from_parts([Part::Unknown(unknown)])), span)
}

/// The host of a URL, as far as it is written out.
fn host(url: &Value) -> Option<String> {
    let Kind::Text(text) = &url.kind else { return None };
    let first = match text.holes() {
        None => text.as_known()?.to_owned(),
        // `http://localhost:${var.port}`.
        Some([Part::Literal(literal), ..]) => literal.to_string(),
        Some(_) => return None,
    };
    let rest = first.split_once("://").map_or(first.as_str(), |(_, rest)| rest);
    let host = match rest.strip_prefix('[') {
        Some(address) => address.split(']').next()?,
        None => rest.split(['/', ':']).next()?,
    };
    Some(host.to_ascii_lowercase())
}

/// Whether a host is this machine or a container beside it: LocalStack, moto and the like (LocalStack documentation, "Terraform").
fn is_emulator(host: &str) -> bool {
    const OWN: [&str; 5] = ["localhost", "0.0.0.0", "::1", "host.docker.internal", "gateway.docker.internal"];
    let labels = || host.split('.');
    OWN.contains(&host)
        || host.ends_with(".localhost")
        || (host.starts_with("127.") && labels().count() == 4 && labels().all(|label| label.parse::<u8>().is_ok()))
        || labels().any(|label| label.starts_with("localstack"))
        || labels().next() == Some("moto") && labels().count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emulators_are_told_by_their_host() {
        let is = |url: &str| host(&Value::string(url, Span::NONE)).is_some_and(|host| is_emulator(&host));
        for url in [
            "http://localhost:4566",
            "http://127.0.0.1:4566/",
            "http://[::1]:4566",
            "https://s3.localhost.localstack.cloud:4566",
            "http://localstack:4566",
            "http://localstack-main:4566",
            "http://host.docker.internal:4566",
            "localhost:4566",
        ] {
            assert!(is(url), "{url}");
        }
        for url in [
            "https://lambda.eu-west-2.amazonaws.com",
            "https://vpce-0a1b-2c3d.sts.eu-west-2.vpce.amazonaws.com",
            "https://localhost.example.com",
            "https://127.example.com",
            "",
        ] {
            assert!(!is(url), "{url}");
        }
    }
}
