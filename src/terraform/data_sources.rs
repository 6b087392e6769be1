//! Attributes that a resource or data source computes in a way that can be told without the cloud.

use super::evaluator::Evaluator;
use super::instance::{ResourceSlot, Scope};
use crate::source::Span;
use crate::syntax::hcl;
use crate::unit::Mode;
use crate::value::{Kind, Part, Pseudo, Reason, Str, Text, Unknown, Value, format_smolstr};

impl Evaluator<'_> {
    /// The value of an attribute that is not configured, where the type tells it.
    pub(super) fn known_attribute(&self, slot: &ResourceSlot, name: &str) -> Option<Value> {
        let span = slot.decl.block.header;
        match (slot.decl.mode, slot.decl.kind.as_str(), name) {
            (Mode::Managed, "terraform_data", "output") => Some(self.resource_attribute(slot.id, "input")),
            (Mode::Managed, "terraform_data", "input" | "triggers_replace") => Some(Value::null(span)),
            (Mode::Data, "aws_caller_identity", "account_id" | "id") => Some(self.account_of(slot, span)),
            (Mode::Data, "aws_region", "name" | "id" | "region") => Some(self.region_of(slot, span)),
            (Mode::Data, "aws_partition", "partition" | "id") => Some(self.pseudo(Pseudo::Partition, span)),
            (Mode::Data, "aws_partition", "dns_suffix") => Some(self.pseudo(Pseudo::UrlSuffix, span)),
            (Mode::Data, "aws_partition", "reverse_dns_prefix") => Some(Value::string("com.amazonaws", span)),
            (Mode::Data, "aws_service_principal", "name" | "id") => self.service_principal(slot, span),
            (Mode::Data, "aws_iam_policy_document", "json" | "minified_json") => Some(self.iam_policy_document(slot)),
            (Mode::Data, "template_file", "rendered") => self.template_data(slot, span),
            (Mode::Data, "local_file", "content") => self.local_file(slot, span),
            (Mode::Data, "null_data_source", "outputs") => Some(self.resource_attribute(slot.id, "inputs")),
            (Mode::Data, "terraform_remote_state", "outputs") => {
                let id = format_smolstr!("{}.outputs", slot.address);
                let message = format_smolstr!("`{}` is the state of another configuration", slot.address);
                Some(Value::unknown(Unknown::identified(Reason::External, id.clone(), id, message, span), span))
            }
            _ => None,
        }
    }

    pub(super) fn pseudo(&self, pseudo: Pseudo, span: Span) -> Value {
        let options = &self.workspace.options;
        let given = match pseudo {
            Pseudo::AccountId => options.account_id.as_ref(),
            Pseudo::Region => options.region.as_ref(),
            _ => None,
        };
        match given {
            Some(text) => Value::string(text.clone(), span),
            None => Value::new(Kind::Text(Text::from_parts([Part::Pseudo(pseudo)])), span),
        }
    }

    fn region_of(&self, slot: &ResourceSlot, span: Span) -> Value {
        let region = self.provider_of(slot).region.clone();
        if region.is_null() { self.pseudo(Pseudo::Region, span) } else { region.at(span) }
    }

    fn account_of(&self, slot: &ResourceSlot, span: Span) -> Value {
        let account = self.provider_of(slot).account.clone();
        if account.is_null() { self.pseudo(Pseudo::AccountId, span) } else { account.at(span) }
    }

    fn service_principal(&self, slot: &ResourceSlot, span: Span) -> Option<Value> {
        let service = self.configured(slot, "service_name")?.to_text()?;
        Some(Value::new(Kind::Text(Text::concat([&service, &Text::literal(".amazonaws.com")])), span))
    }

    fn template_data(&self, slot: &ResourceSlot, span: Span) -> Option<Value> {
        let template = self.configured(slot, "template")?;
        let variables = self.configured(slot, "vars").unwrap_or(Value::null(span));
        let module = self.module(slot.module);
        let parsed = hcl::parse_template(template.as_str()?, template.span, true).ok()?;
        Some(self.render(&parsed, &variables, Scope::of(&module), span))
    }

    fn local_file(&self, slot: &ResourceSlot, span: Span) -> Option<Value> {
        let name = self.configured(slot, "filename")?;
        let path = super::module_source::normalise(&self.root.join(name.as_str()?));
        if !self.workspace.may_read(&path) {
            return None;
        }
        let file = self.workspace.sources.read(&path).ok()?;
        self.files.borrow_mut().push(file);
        Some(Value::string(Str::from(&*self.workspace.sources.file(file).text), span))
    }
}
