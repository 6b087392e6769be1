//! The words of each language: values carry account, region and partition in CloudFormation's spelling, which says nothing to
//! who writes Terraform.

use super::Sink;
use crate::finding::Label;
use crate::unit::UnitKind;
use crate::value::Pseudo;

/// The ones that Terraform has too.
const PSEUDOS: [Pseudo; 4] = [Pseudo::AccountId, Pseudo::Region, Pseudo::Partition, Pseudo::UrlSuffix];

/// Spells what is found in a unit as its language does. Code to paste is left alone: it is of the language already.
pub(super) fn spell(kind: UnitKind, sink: &mut Sink) {
    if kind != UnitKind::Terraform {
        return;
    }
    for finding in &mut sink.findings {
        finding.message.texts_mut().for_each(plain);
        let labels = finding.related.iter_mut().chain(&mut finding.flow).chain(std::iter::once(&mut finding.primary));
        labels.for_each(|Label { text, .. }| plain(text));
        if let Some(help) = &mut finding.help {
            plain(&mut help.text);
        }
    }
    sink.undecided.iter_mut().chain(&mut sink.unlisted).for_each(|undecided| plain(&mut undecided.reason));
}

fn plain(text: &mut String) {
    if !text.contains("AWS::") {
        return;
    }
    for pseudo in PSEUDOS {
        *text = text.replace(&format!("${{{}}}", pseudo.name()), pseudo.words()).replace(pseudo.name(), pseudo.words());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudo_values_become_placeholders() {
        let mut text = "`arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:t` of AWS::Lambda::Function".to_owned();
        plain(&mut text);
        assert_eq!(text, "`arn:<partition>:sns:<region>:<account>:t` of AWS::Lambda::Function");
    }
}
