//! Whom the principals of a statement include (IAM User Guide, "AWS JSON policy elements: Principal" and "… NotPrincipal").

use crate::text::{self, Answer};
use crate::value::{Part, Pseudo, Text};

use super::matching::{World, arn_parts, same_arn};
use super::policy::Statement;
use super::request::{Origin, Principal};

/// How a statement includes a caller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Included {
    /// By itself, or with everybody.
    pub direct: Answer,
    /// With its whole account.
    pub account: Answer,
}

/// Whether a statement is for the caller.
pub fn includes(statement: &Statement, origin: &Origin, world: &World) -> Included {
    let principals = &statement.principals;
    let open = if principals.open.is_some() { Answer::Maybe } else { Answer::No };
    let mut found = Included { direct: open, account: Answer::No };
    for (kind, item) in &principals.items {
        let here = world.holds(&item.guard);
        match &origin.principal {
            Principal::Service(name) => found.direct = found.direct.or(here.and(service(kind, &item.text, name))),
            Principal::Role(arn) => {
                let one = role(kind, &item.text, arn, &origin.account);
                found.direct = found.direct.or(here.and(one.direct));
                found.account = found.account.or(here.and(one.account));
            }
        }
    }
    match (principals.negated, &origin.principal) {
        (false, _) => found,
        // A role's session is a principal of its own: whether naming the role leaves it out depends on what else is named.
        (true, Principal::Role(_)) if found.direct == Answer::Yes && !names_everybody(statement) => {
            Included { direct: Answer::Maybe, account: Answer::No }
        }
        (true, _) => Included { direct: found.direct.not(), account: Answer::No },
    }
}

fn names_everybody(statement: &Statement) -> bool {
    statement.principals.items.iter().any(|(_, item)| item.text.as_known() == Some("*"))
}

fn service(kind: &str, named: &Text, service: &str) -> Answer {
    // Every partition has its principals under this suffix, China beside its own.
    let suffix = Part::Pseudo(Pseudo::UrlSuffix);
    let named = named.map_parts(|part| (*part == suffix).then(|| Text::literal("amazonaws.com")));
    match (kind, named.as_known()) {
        ("*" | "AWS", Some("*")) => Answer::Yes,
        ("Service", Some("*")) => Answer::Maybe,
        // The China regions accept both spellings of most principals.
        ("Service", Some(name)) => (name == service || name.strip_suffix(".cn") == Some(service)).into(),
        ("Service" | "*", None) => text::same(&named, &Text::literal(service)),
        _ => Answer::No,
    }
}

fn role(kind: &str, named: &Text, arn: &Text, account: &Text) -> Included {
    let direct = |direct| Included { direct, account: Answer::No };
    let whole = |account| Included { direct: Answer::No, account };
    match (kind, named.as_known()) {
        ("*" | "AWS", Some("*")) => direct(Answer::Yes),
        ("*" | "AWS", Some(digits)) if is_account(digits) => whole(text::same(named, account)),
        ("*" | "AWS", None) if matches!(named.parts().as_slice(), [Part::Pseudo(Pseudo::AccountId)]) => whole(text::same(named, account)),
        ("*" | "AWS", _) => match arn_parts(named) {
            Some(parts) if parts[5].as_known() == Some("root") => whole(text::same(&parts[4], account)),
            Some(parts) if parts[2].as_known() == Some("sts") => direct(session(&parts, account)),
            Some(_) if is_made_up(arn) && is_written(named) => direct(Answer::No),
            Some(_) => direct(same_arn(named, arn, text::same).unwrap_or(Answer::Maybe)),
            None => direct(text::same(named, arn)),
        },
        _ => direct(Answer::No),
    }
}

/// Whether AWS or Terraform make up the name in an ARN.
fn is_made_up(arn: &Text) -> bool {
    matches!(arn.parts().last(), Some(Part::Attr(_)))
}

/// Whether the name in an ARN is one that somebody thought of: those that are made up end in a dash and at least this many letters and
/// digits.
fn is_written(arn: &Text) -> bool {
    const MADE_UP: usize = 12;
    let Some(name) = arn.as_known() else { return false };
    let name = name.rsplit(['/', ':']).next().unwrap_or_default();
    !name.rsplit_once('-').is_some_and(|(_, end)| end.len() >= MADE_UP && end.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// A session of a role, `arn:aws:sts::123456789012:assumed-role/name/session`: which role it is of is not followed.
fn session(parts: &[Text], account: &Text) -> Answer {
    let role = text::strip_prefix(&parts[5], "assumed-role/").is_some();
    let own = text::same(&parts[4], account);
    if role && own != Answer::No { Answer::Maybe } else { Answer::No }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::policy::Policy;
    use crate::source::Span;
    use crate::value::Value;

    fn included(principal: &str, origin: &Origin) -> Included {
        let text = format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*", {principal}}}}}"#);
        let statement = Policy::parse(&Value::string(text, Span::NONE), &Text::clone).statements.remove(0);
        includes(&statement, origin, &World::default())
    }

    #[test]
    fn a_role_is_named_by_itself_or_with_its_account() {
        let role = Principal::Role("arn:aws:iam::111122223333:role/worker".into());
        let origin = Origin { principal: role, account: "111122223333".into(), region: "eu-west-1".into(), ..Origin::default() };
        let check = |principal: &str, direct, account| {
            assert_eq!(included(principal, &origin), Included { direct, account }, "{principal}");
        };
        use Answer::{Maybe, No, Yes};
        check(r#""Principal": "*""#, Yes, No);
        check(r#""Principal": {"AWS": ["arn:aws:iam::111122223333:role/other", "*"]}"#, Yes, No);
        check(r#""Principal": {"AWS": "arn:aws:iam::111122223333:role/worker"}"#, Yes, No);
        check(r#""Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}"#, No, No);
        check(r#""Principal": {"AWS": "arn:aws:iam::999988887777:role/worker"}"#, No, No);
        check(r#""Principal": {"AWS": "111122223333"}"#, No, Yes);
        check(r#""Principal": {"AWS": "arn:aws:iam::111122223333:root"}"#, No, Yes);
        check(r#""Principal": {"AWS": "arn:aws:iam::999988887777:root"}"#, No, No);
        check(r#""Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/worker/s"}"#, Maybe, No);
        check(r#""Principal": {"Service": "lambda.amazonaws.com"}"#, No, No);
        check(r#""NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/other"}"#, Yes, No);
        check(r#""NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}"#, Yes, No);
        check(r#""NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/worker"}"#, Maybe, No);
        check(r#""NotPrincipal": "*""#, No, No);
        let open = Origin { account: Text::from_parts([Part::Pseudo(Pseudo::AccountId)]), ..origin.clone() };
        assert_eq!(included(r#""Principal": {"AWS": "111122223333"}"#, &open).account, Maybe);
    }

    #[test]
    fn a_service_is_named_by_its_principal() {
        let origin = Origin { principal: Principal::Service("sns.amazonaws.com".into()), ..Origin::default() };
        let direct = |principal: &str| included(principal, &origin).direct;
        assert_eq!(direct(r#""Principal": {"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]}"#), Answer::Yes);
        assert_eq!(direct(r#""Principal": {"Service": "sns.amazonaws.com.cn"}"#), Answer::Yes);
        assert_eq!(direct(r#""Principal": "*""#), Answer::Yes);
        assert_eq!(direct(r#""Principal": {"AWS": "111122223333"}"#), Answer::No);
        assert_eq!(direct(r#""NotPrincipal": {"Service": "sns.amazonaws.com"}"#), Answer::No);
        assert_eq!(direct(r#""NotPrincipal": {"AWS": "111122223333"}"#), Answer::Yes);
    }
}
