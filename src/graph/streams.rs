//! Whether the table that an event source mapping reads has a stream.

use super::Graph;
use super::arn::Arn;
use crate::model::read;
use crate::text;
use crate::unit::{Mode, Resource};
use crate::value::{Guard, Kind, Part, ResourceId, Value};

/// Types of DynamoDB tables.
const TABLES: [&str; 3] = ["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "aws_dynamodb_table"];

/// Why a mapping reads nothing from a table.
#[derive(Clone, Debug, PartialEq)]
pub enum NoStream {
    /// It names the table: the table, where it is one of the unit.
    Table(Option<ResourceId>),
    /// It names the stream of a table that has none, in the cases of the guard.
    Disabled(ResourceId, Guard),
    /// Cannot be told: why.
    Unknown(Value),
}

impl Graph<'_> {
    /// Why a mapping from this source (one alternative) reads nothing from a table; `None` for everything else.
    pub fn no_stream(&self, source: &Value) -> Option<NoStream> {
        if let Some(table) = self.stream_of(source) {
            return self.disabled(table);
        }
        let arn = Arn::parse(&self.names.text(source)?)?;
        let is_table = arn.service().as_known() == Some("dynamodb") && text::strip_prefix(arn.resource(), "table/").is_some();
        // What is not known at the end may hold `/stream/…`.
        let closed = !matches!(arn.resource().parts().last(), Some(Part::Unknown(_)));
        let table = || self.referent(source).filter(|r| TABLES.contains(&r.kind.as_str())).map(|r| r.id);
        (is_table && closed && !text::contains(arn.resource(), "/stream/")).then(|| NoStream::Table(table()))
    }

    /// The managed table whose stream a value names.
    fn stream_of(&self, source: &Value) -> Option<&Resource> {
        let attr = match &source.kind {
            Kind::Attr(attr) => attr.clone(),
            Kind::Text(text) => match text.holes()? {
                [Part::Attr(attr)] => attr.clone(),
                _ => return None,
            },
            _ => return None,
        };
        let resource = self.resource(attr.resource);
        let is_stream = matches!(attr.path.as_str(), "stream_arn" | "StreamArn");
        (is_stream && resource.mode == Mode::Managed && TABLES.contains(&resource.kind.as_str())).then_some(resource)
    }

    fn disabled(&self, table: &Resource) -> Option<NoStream> {
        let written = |path: &str| !read(&table.attributes, path).is_null();
        if table.kind.contains("::") {
            return self.disabled_where(table, &read(&table.attributes, "StreamSpecification"), |v| matches!(v.kind, Kind::Map(_)));
        }
        // A table with replicas streams to them, and someone may have turned the stream on by hand.
        let by_hand = table.ignore_changes.iter().any(|name| name == "all" || name.starts_with("stream"));
        if written("replica") || written("stream_view_type") && !written("stream_enabled") || by_hand {
            return None;
        }
        self.disabled_where(table, &read(&table.attributes, "stream_enabled"), |v| v.as_bool() == Some(true))
    }

    fn disabled_where(&self, table: &Resource, setting: &Value, on: impl Fn(&Value) -> bool) -> Option<NoStream> {
        let mut unknown = None;
        for (guard, value) in setting.alternatives() {
            if value.is_null() || value.as_bool() == Some(false) {
                return Some(NoStream::Disabled(table.id, guard));
            }
            if !on(&value) {
                unknown.get_or_insert(NoStream::Unknown(value));
            }
        }
        unknown
    }
}
