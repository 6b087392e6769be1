//! Conditions of which it is not known whether they ever hold together: which account goes with which environment is in no source.

use super::Sink;
use crate::finding::{Finding, Undecided};
use crate::value::{Guard, Hole, Pseudo};

/// Makes undecided what is found only in a certain account and under another condition: a mapping by account on one resource, and
/// a condition on another one. Of an environment that is named likewise.
pub(super) fn settle(world: &str, sink: &mut Sink) {
    for finding in std::mem::take(&mut sink.findings) {
        match apart(&finding.message.condition, world) {
            Some(reason) => sink.undecided.push(undecided(&finding, reason)),
            None => sink.findings.push(finding),
        }
    }
}

/// Why conditions may never hold together; none where they say nothing of an account, or of nothing else.
fn apart(condition: &Guard, world: &str) -> Option<String> {
    let name = Pseudo::AccountId.name();
    let (account, others): (Vec<_>, Vec<_>) = condition.terms().iter().partition(|(term, _)| term.contains(name));
    let ((account, _), other) = (account.first()?, others.first().map(|(other, _)| other.as_str()));
    let other = other.or((!world.is_empty()).then_some(world))?;
    let missing = Hole::Pseudo(Pseudo::AccountId).message();
    Some(format!("whether {other} and {account} go together is not known: {missing}"))
}

fn undecided(finding: &Finding, reason: String) -> Undecided {
    let span = finding.primary.span;
    Undecided { rule: finding.rule, address: finding.address.clone(), span, reason, cause: span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_goes_with_no_environment() {
        let when = |term: &str| Guard::when(term, true);
        let account = when("AWS::AccountId == \"111122223333\"");
        let both = account.and(&when("Env == \"prod\"")).unwrap_or_default();
        assert!(apart(&both, "").is_some_and(|reason| reason.contains("Env == \"prod\" and AWS::AccountId")));
        assert!(apart(&account, "prod").is_some_and(|reason| reason.contains("prod and AWS::AccountId")));
        for alone in [Guard::always(), account, when("Env == \"prod\"")] {
            assert_eq!(apart(&alone, ""), None);
        }
    }
}
