//! Places that something fills in before the deploy: `ACCOUNT_ID`, `<bucket>`, `__REGION__`, `change-me`. Whoever left one there
//! knows that it is none of the real thing, so a finding about it tells nobody anything.

use crate::value::{Part, Text};

/// Words that make a placeholder of a name by themselves.
const TELLING: [&str; 5] = ["changeme", "replaceme", "placeholder", "fixme", "fillme"];

/// Names that are placeholders as a whole, but may well be a word of a real one: `todo-items`.
const WHOLE: [&str; 7] = ["todo", "tbd", "tba", "none", "null", "dummy", "undefined"];

/// Beginnings of placeholders, and whether any words may follow: they do where the whole says what to do
/// (`replace-with-your-bucket`). After the others only such as name a kind of thing may (`change-me-arn`), since a real name may begin
/// like them: `change-this-order`.
const HEADS: [(&[&str], bool); 10] = [
    (&["your"], true),
    (&["my", "account"], false),
    (&["change", "me"], false),
    (&["change", "this"], false),
    (&["replace", "me"], false),
    (&["replace", "this"], false),
    (&["replace", "with"], true),
    (&["insert", "your"], true),
    (&["enter", "your"], true),
    (&["fill", "me"], false),
];

/// Words that say what kind of thing a placeholder stands for, and nothing of a real one.
const GENERIC: &[&str] = &[
    "account", "arn", "aws", "bucket", "cluster", "domain", "email", "endpoint", "example", "function", "group", "here", "host", "id",
    "in", "key", "lambda", "me", "name", "number", "policy", "queue", "region", "role", "secret", "sg", "sns", "sqs", "stack", "stream",
    "subnet", "table", "the", "this", "topic", "url", "value", "vpc",
];

/// What templates of all sorts put around a name, before and after it.
const MARKS: [(&str, &str); 7] = [("<", ">"), ("{{", "}}"), ("[[", "]]"), ("__", "__"), ("@@", "@@"), ("%%", "%%"), ("${", "}")];

/// Accounts that AWS's documentation and LocalStack make up.
const MADE_UP: [&str; 9] = [
    "000000000000",
    "111111111111",
    "111122223333",
    "123456789012",
    "123456789123",
    "222222222222",
    "444455556666",
    "777788889999",
    "999999999999",
];

/// Stands for a hole: no name ends beside it.
const HOLE: char = '\u{fffc}';

/// Whether a text holds a place that is filled before the deploy.
pub fn is_placeholder(text: &Text) -> bool {
    let shown: String =
        text.parts().iter().map(|part| if let Part::Literal(text) = part { text.to_string() } else { HOLE.into() }).collect();
    MARKS.iter().any(|(open, close)| is_marked(&shown, open, close)) || shown.split([':', '/', ' ']).any(is_placeholder_name)
}

/// Whether a name, one between the separators of an ARN or URL, is a placeholder.
pub fn is_placeholder_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != HOLE).filter(|w| !w.is_empty()).collect();
    let filler = |w: &&str| w.len() > 2 && w.chars().all(|c| c == 'x') || TELLING.contains(w);
    // Real names begin with such words too (`placeholder-images`, `xxx-large-orders`): those beside it tell.
    let beside = |w: &&str| GENERIC.contains(w) || w.chars().all(|c| c.is_ascii_digit());
    let told = words.iter().any(filler) && words.iter().all(|w| filler(w) || beside(w));
    let is_head = |(head, open): &(&[&str], bool)| {
        let rest = words.strip_prefix(*head);
        rest.is_some_and(|rest| if *open { !rest.is_empty() } else { rest.iter().all(beside) })
    };
    told || matches!(words.as_slice(), [only] if WHOLE.contains(only)) || HEADS.iter().any(is_head) || is_shouted(name)
}

/// Whether an account is one that nobody has.
pub fn is_made_up(account: &str) -> bool {
    MADE_UP.contains(&account)
}

/// `ACCOUNT_ID`, `AWS_REGION`, `REGION`: what a script puts the deploy's own in place of.
fn is_shouted(name: &str) -> bool {
    let words: Vec<&str> = name.split(['_', '-']).collect();
    let named = |w: &&str| matches!(*w, "ACCOUNT" | "ACCOUNTID" | "REGION" | "PARTITION");
    words.iter().any(named) && words.iter().all(|w| w.chars().all(|c| c.is_ascii_uppercase()))
}

/// Whether a name of letters, digits, `-`, `_`, `.` and blanks stands between two marks.
fn is_marked(text: &str, open: &str, close: &str) -> bool {
    text.match_indices(open).any(|(at, _)| {
        let rest = &text[at + open.len()..];
        let name = rest.split_once(close).map(|(name, _)| name.trim());
        // The stage variables of an API are resolved at each call, IAM's policy variables at each request.
        let at_run_time = |n: &str| open == "${" && (n.contains(':') || n.starts_with("stageVariables"));
        // A name of the source's own may have two underscores: `orders__dead__letters`.
        let lower = |n: &str| open == "__" && n.chars().any(|c| c.is_lowercase());
        name.is_some_and(|n| {
            !n.is_empty() && !at_run_time(n) && !lower(n) && n.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' '))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_later() {
        let told = |text: &str| is_placeholder(&Text::literal(text));
        for text in [
            "arn:aws:iam::<account>:role/r",
            "arn:aws:iam::ACCOUNT_ID:role/r",
            "arn:aws:iam::xxxxxxxxxxxx:role/r",
            "arn:aws:iam::__ACCOUNT__:role/r",
            "arn:aws:sqs:${REGION}:123456789012:orders",
            "arn:aws:sns:eu-west-1:123456789012:your-topic",
            "https://example.com/CHANGE-ME",
            "{{ topic }}",
            "TODO",
            "none",
            "sg-xxxxxxxx",
            "replace-with-the-arn",
            "change-me-arn",
            "placeholder-queue-1",
            "CHANGE_THIS",
            "arn:aws:sqs:eu-west-1:123456789012:xxx",
        ] {
            assert!(told(text), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it() {
        let told = |text: &str| is_placeholder(&Text::literal(text));
        for text in [
            "https://sqs.eu-west-1.amazonaws.com/123456789012/todo-items",
            "arn:aws:sns:eu-west-1:123456789012:nonetheless",
            "replacement-orders",
            "https://sqs.eu-west-1.amazonaws.com/123456789012/placeholder-images",
            "arn:aws:sqs:eu-west-1:123456789012:xxx-large-orders",
            "fixme-tracker",
            "change-this-order",
            "changeme-events",
            "dummy-orders",
            "my__orders__queue",
            "ORDERS_QUEUE",
            "arn:aws:s3:::home/${aws:username}",
            "xx-orders",
            "yours",
        ] {
            assert!(!told(text), "{text}");
        }
        let hole = Part::Pseudo(crate::value::Pseudo::StackName);
        assert!(!is_placeholder(&Text::from_parts([Part::Literal("todo".into()), hole])));
    }
}
