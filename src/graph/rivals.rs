//! What owns the whole of one setting, so that of two only one can be in effect.

use super::Graph;
use super::triggers::follow;
use crate::model::{items, read};
use crate::source::Span;
use crate::unit::{Mode, Resource};
use crate::value::{Guard, ResourceId, Str, Value};

/// One notification of a bucket: for which events and keys.
#[derive(Clone, Debug)]
pub struct Notification {
    /// Where it is written.
    pub span: Span,
    /// When it is there.
    pub guard: Guard,
    /// `s3:ObjectCreated:*`, …; `None` where one is not known.
    pub events: Option<Vec<Str>>,
    /// What keys begin with; `None` where that is not known.
    pub prefix: Option<Str>,
    /// What keys end with.
    pub suffix: Option<Str>,
}

impl Notification {
    /// Whether S3 takes two of them for ambiguous; `None` where that is not known (Amazon S3 User Guide, "Configuring event notifications
    /// using object key name filtering").
    pub fn overlaps(&self, other: &Notification) -> Option<bool> {
        let (events, others) = (self.events.as_ref(), other.events.as_ref());
        let known = |one: Option<bool>, two: Option<bool>| match (one, two) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        let events = events.zip(others).map(|(own, other)| own.iter().any(|a| other.iter().any(|b| same_event(a, b))));
        let both =
            |a: &Option<Str>, b: &Option<Str>, one: fn(&str, &str) -> bool| a.as_ref().zip(b.as_ref()).map(|(a, b)| one(a, b) || one(b, a));
        let prefix = both(&self.prefix, &other.prefix, |a, b| a.starts_with(b));
        let suffix = both(&self.suffix, &other.suffix, |a, b| a.ends_with(b));
        known(events, known(prefix, suffix))
    }
}

/// Whether one is the other, or the family that it is of.
fn same_event(a: &str, b: &str) -> bool {
    let family = |wide: &str, narrow: &str| wide.strip_suffix('*').is_some_and(|start| narrow.starts_with(start));
    a == b || family(a, b) || family(b, a)
}

/// Where a language has the notifications of a bucket: their lists, and within them events, prefix and suffix.
const TERRAFORM: [&str; 3] = ["lambda_function[]", "queue[]", "topic[]"];
const TEMPLATE: [&str; 3] = [
    "NotificationConfiguration.LambdaConfigurations[]",
    "NotificationConfiguration.QueueConfigurations[]",
    "NotificationConfiguration.TopicConfigurations[]",
];

impl Graph<'_> {
    /// The notifications that one resource configures, in the order in which they are written.
    pub fn notifications(&self, resource: &Resource) -> Vec<Notification> {
        let paths: &[&str] = match resource.kind.as_str() {
            "aws_s3_bucket_notification" => &TERRAFORM,
            "AWS::S3::Bucket" => &TEMPLATE,
            _ => &[],
        };
        let found = paths.iter().flat_map(|path| follow(&resource.attributes, path).items);
        let mut out: Vec<Notification> = found.map(|(guard, value)| notification(guard, &value)).collect();
        out.sort_by_key(|one| (one.span.file, one.span.start));
        out
    }

    /// The configurations of notifications of each bucket of the unit that has several.
    pub fn rival_notifications(&self) -> Vec<(ResourceId, Vec<ResourceId>)> {
        let mut out: Vec<(ResourceId, Vec<ResourceId>)> = Vec::new();
        for resource in self.of_kinds(&["aws_s3_bucket_notification"]) {
            let bucket = read(&resource.attributes, "bucket");
            let Some(bucket) = self.referent(&bucket).filter(|bucket| bucket.mode == Mode::Managed) else { continue };
            match out.iter_mut().find(|(known, _)| *known == bucket.id) {
                Some((_, all)) => all.push(resource.id),
                None => out.push((bucket.id, vec![resource.id])),
            }
        }
        out.retain(|(_, all)| all.len() > 1);
        out
    }
}

fn notification(guard: Guard, value: &Value) -> Notification {
    let text = |value: &Value| if value.is_null() { Some(Str::default()) } else { value.as_str().map(Str::from) };
    let event = read(value, "Event");
    let events = match event.is_null() {
        false => event.as_str().map(|event| vec![event.into()]),
        true => {
            let (list, open) = items(&read(value, "events"));
            let texts: Option<Vec<Str>> = list.iter().map(|event| event.as_str().map(Str::from)).collect();
            texts.filter(|_| open.is_none())
        }
    };
    let (prefix, suffix) = match read(value, "Filter") {
        filter if filter.is_null() => (text(&read(value, "filter_prefix")), text(&read(value, "filter_suffix"))),
        filter => {
            let (rules, open) = items(&read(&filter, "S3Key.Rules"));
            let named = |name: &str| {
                let unnamed = open.is_some() || rules.iter().any(|rule| read(rule, "Name").as_str().is_none());
                let is = |rule: &&Value| read(rule, "Name").as_str().is_some_and(|own| own.eq_ignore_ascii_case(name));
                match rules.iter().find(is) {
                    Some(rule) => text(&read(rule, "Value")),
                    None if unnamed => None,
                    None => Some(Str::default()),
                }
            };
            (named("prefix"), named("suffix"))
        }
    };
    Notification { span: value.span, guard, events, prefix, suffix }
}
