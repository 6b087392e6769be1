//! `Domain` of an HTTP or WebSocket API.

use super::{Api, domain};
use crate::sam::resource::Resource;
use crate::sam::tree::{Tree, tree};
use crate::sam::{Expander, Outcome, fail, hash};

impl Expander<'_> {
    /// The domain, its API mappings and record sets.
    pub(super) fn v2_domain(&mut self, api: &Api, tag: &str) -> Outcome<Vec<Resource>> {
        let Some(domain) = api.properties.get("Domain") else { return Ok(Vec::new()) };
        let at = domain.at();
        let (Some(name), Some(certificate)) = (domain.get("DomainName"), domain.get("CertificateArn")) else {
            return fail(at, format!("`Domain` of API `{}` needs `DomainName` and `CertificateArn`", api.id));
        };
        let endpoint = domain.get_text("EndpointConfiguration").unwrap_or("REGIONAL");
        if endpoint != "REGIONAL" {
            return fail(at, format!("`EndpointConfiguration` in `Domain` of API `{}` must be REGIONAL", api.id));
        }
        let mut resource = api.more(format!("ApiGatewayDomainNameV2{}", hash::of_tree(name)), "AWS::ApiGatewayV2::DomainName");
        let mut configuration = tree!(at, { "CertificateArn": certificate, "EndpointType": endpoint });
        for key in ["OwnershipVerificationCertificateArn", "SecurityPolicy"] {
            if let Some(value) = domain.get(key).filter(|v| v.is_set()) {
                configuration.set(key, value.clone());
            }
        }
        resource.set("DomainName", name).set("DomainNameConfigurations", tree!(at, [configuration]));
        resource.set("Tags", at.map([(tag, at.text("SAM"))]));
        domain::set_mutual_tls(&mut resource, domain);
        let id = resource.id.clone();
        let mut generated = vec![resource];
        generated.extend(self.api_mappings(api, domain, &id));
        if let Some(route53) = domain.get("Route53") {
            let mut alias = at.map([]);
            if let Some(health) = route53.get("EvaluateTargetHealth") {
                alias.set("EvaluateTargetHealth", health.clone());
            }
            alias.set("HostedZoneId", at.get_att(id.as_str(), "RegionalHostedZoneId"));
            alias.set("DNSName", at.get_att(id.as_str(), "RegionalDomainName"));
            generated.extend(self.record_sets(api, domain, route53, alias)?);
        }
        Ok(generated)
    }

    fn api_mappings(&mut self, api: &Api, domain: &Tree, domain_id: &str) -> Vec<Resource> {
        let at = domain.at();
        let mapping = |id: String| {
            let mut mapping = api.more(id, "AWS::ApiGatewayV2::ApiMapping");
            mapping.set("DomainName", at.reference(domain_id)).set("ApiId", at.reference(api.id));
            mapping.set("Stage", at.reference(format!("{}.Stage", api.id)));
            mapping
        };
        let Some(paths) = domain::base_paths(domain) else { return vec![mapping(format!("{}ApiMapping", api.id))] };
        let mut generated = Vec::new();
        for path in paths {
            if !path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_')) {
                self.problem(at, format!("`{path}` is no base path: letters, digits, `-`, `_` and `/` only"));
            }
            let plain = path.replace(['-', '_', '/'], "");
            let mut mapping = mapping(format!("{}{plain}ApiMapping", api.id));
            mapping.set("ApiMappingKey", path.trim_matches('/'));
            generated.push(mapping);
        }
        generated
    }
}
