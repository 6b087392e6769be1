//! `Domain` of a REST API: custom domain, base paths, record sets.

use super::Api;
use crate::sam::resource::Resource;
use crate::sam::tree::{Tree, tree};
use crate::sam::{Expander, Outcome, fail, hash};

/// The attributes of a domain that aliases point to.
const REGIONAL: (&str, &str) = ("RegionalHostedZoneId", "RegionalDomainName");

/// The hosted zone of CloudFront, for edge-optimised domains.
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

impl Expander<'_> {
    /// The domain of a REST API, its base path mappings and record sets.
    pub(super) fn rest_domain(&mut self, api: &Api) -> Outcome<Vec<Resource>> {
        let Some(domain) = api.properties.get("Domain") else { return Ok(Vec::new()) };
        let at = domain.at();
        let (Some(name), Some(certificate)) = (domain.get("DomainName"), domain.get("CertificateArn")) else {
            return fail(at, format!("`Domain` of API `{}` needs `DomainName` and `CertificateArn`", api.id));
        };
        let endpoint = domain.get_text("EndpointConfiguration").unwrap_or("REGIONAL");
        if !matches!(endpoint, "EDGE" | "REGIONAL" | "PRIVATE") {
            return fail(at, format!("`EndpointConfiguration` in `Domain` of API `{}` must be EDGE, REGIONAL or PRIVATE", api.id));
        }
        let is_private = endpoint == "PRIVATE";
        let (prefix, kind) = if is_private {
            ("ApiGatewayDomainNameV2", "AWS::ApiGateway::DomainNameV2")
        } else {
            ("ApiGatewayDomainName", "AWS::ApiGateway::DomainName")
        };
        let mut resource = api.more(format!("{prefix}{}", hash::of_tree(name)), kind);
        let certificate_property = if endpoint == "REGIONAL" { "RegionalCertificateArn" } else { "CertificateArn" };
        resource.set("DomainName", name).set(certificate_property, certificate);
        let mut configuration = tree!(at, { "Types": [endpoint] });
        if let Some(kind) = domain.get("IpAddressType").filter(|t| t.is_set()) {
            configuration.set("IpAddressType", kind.clone());
        }
        resource.set("EndpointConfiguration", configuration);
        resource.copy_set(domain, &["SecurityPolicy", "EndpointAccessMode"]);
        if is_private {
            resource.copy_set(domain, &["Policy"]);
        } else {
            resource.copy_set(domain, &["OwnershipVerificationCertificateArn"]);
            set_mutual_tls(&mut resource, domain);
        }
        let domain_id = resource.id.clone();
        let mut generated = vec![resource];
        generated.extend(base_path_mappings(api, domain, &domain_id, is_private));
        let target = if is_private { name.text().unwrap_or_default().to_owned() } else { domain_id.clone() };
        generated.extend(self.rest_record_sets(api, domain, endpoint, &target)?);
        if let Some(association) = domain.get("AccessAssociation").filter(|_| is_private) {
            generated.push(access_association(api, association, &domain_id));
        }
        Ok(generated)
    }

    fn rest_record_sets(&mut self, api: &Api, domain: &Tree, endpoint: &str, target: &str) -> Outcome<Option<Resource>> {
        let Some(route53) = domain.get("Route53") else { return Ok(None) };
        let at = route53.at();
        let mut alias = at.map([]);
        if let Some(health) = route53.get("EvaluateTargetHealth") {
            alias.set("EvaluateTargetHealth", health.clone());
        }
        let given = |key: &str| route53.get(key).cloned().unwrap_or_else(|| at.plain("null"));
        let (zone, name) = match endpoint {
            "REGIONAL" => (at.get_att(target, REGIONAL.0), at.get_att(target, REGIONAL.1)),
            "EDGE" => {
                let name = route53.get("DistributionDomainName").cloned();
                (at.text(CLOUDFRONT_ZONE), name.unwrap_or_else(|| at.get_att(target, "DistributionDomainName")))
            }
            _ => (given("VpcEndpointHostedZoneId"), given("VpcEndpointDomainName")),
        };
        alias.set("HostedZoneId", zone);
        alias.set("DNSName", name);
        self.record_sets(api, domain, route53, alias)
    }

    /// The group of record sets of a hosted zone, which all APIs with that zone share.
    pub(super) fn record_sets(&mut self, api: &Api, domain: &Tree, route53: &Tree, alias: Tree) -> Outcome<Option<Resource>> {
        let at = route53.at();
        let (zone_id, zone_name) = (route53.get("HostedZoneId"), route53.get("HostedZoneName"));
        let Some(zone) = zone_id.or(zone_name) else {
            return fail(at, format!("`Route53` of API `{}` needs `HostedZoneId` or `HostedZoneName`", api.id));
        };
        let records = records(domain, route53, &alias);
        let new_group = |id: String| {
            let mut group = api.more(id, "AWS::Route53::RecordSetGroup");
            group.set_some("HostedZoneId", zone_id).set_some("HostedZoneName", zone_name);
            group
        };
        if route53.has("SeparateRecordSetGroup") {
            let name = domain.get("DomainName").cloned().unwrap_or_else(|| at.plain("null"));
            let data = tree!(at, [zone, name]);
            let mut group = new_group(format!("RecordSetGroup{}", hash::of_tree(&data)));
            group.set("RecordSets", at.list(records));
            return Ok(Some(group));
        }
        let id = format!("RecordSetGroup{}", hash::of_tree(zone));
        let group = self.record_sets.entry(id.clone()).or_insert_with(|| new_group(id));
        match group.properties.get_mut("RecordSets").and_then(Tree::items_mut) {
            Some(all) => all.extend(records),
            None => {
                group.set("RecordSets", at.list(records));
            }
        }
        Ok(Some(group.clone()))
    }
}

fn records(domain: &Tree, route53: &Tree, alias: &Tree) -> Vec<Tree> {
    let at = route53.at();
    let record = |kind: &str| {
        let mut record = tree!(at, { "Type": kind, "AliasTarget": alias });
        if let Some(name) = domain.get("DomainName") {
            record.set("Name", name.clone());
        }
        for key in ["Region", "SetIdentifier"] {
            if let Some(value) = route53.get(key) {
                record.set(key, value.clone());
            }
        }
        record
    };
    let kinds = if route53.get("IpV6").is_some_and(Tree::is_true) { &["A", "AAAA"][..] } else { &["A"] };
    kinds.iter().map(|k| record(k)).collect()
}

/// `MutualTlsAuthentication`, as far as it is set.
pub(super) fn set_mutual_tls(resource: &mut Resource, domain: &Tree) {
    let Some(written) = domain.get("MutualTlsAuthentication").filter(|m| m.is_set()) else { return };
    let mut made = written.at().map([]);
    for key in ["TruststoreUri", "TruststoreVersion"] {
        if let Some(value) = written.get(key).filter(|v| v.is_set()) {
            made.set(key, value.clone());
        }
    }
    resource.set("MutualTlsAuthentication", made);
}

/// The base paths of a domain; `None` where it has none of its own.
pub(super) fn base_paths(domain: &Tree) -> Option<Vec<&str>> {
    let paths = domain.get("BasePath").filter(|p| p.is_set())?;
    Some(paths.items().unwrap_or(std::slice::from_ref(paths)).iter().filter_map(Tree::text).collect())
}

fn base_path_mappings(api: &Api, domain: &Tree, domain_id: &str, is_private: bool) -> Vec<Resource> {
    let at = domain.at();
    let mapping = |id: String| {
        let (kind, property) = if is_private {
            ("AWS::ApiGateway::BasePathMappingV2", "DomainNameArn")
        } else {
            ("AWS::ApiGateway::BasePathMapping", "DomainName")
        };
        let mut mapping = api.more(id, kind);
        mapping.set(property, at.reference(domain_id)).set("RestApiId", at.reference(api.id));
        mapping.set("Stage", at.reference(format!("{}.Stage", api.id)));
        mapping
    };
    let Some(paths) = base_paths(domain) else { return vec![mapping(format!("{}BasePathMapping", api.id))] };
    let normalized = domain.map().and_then(|m| m.get("NormalizeBasePath")).is_none_or(Tree::is_set);
    let of = |path: &str| {
        let plain: String = path.chars().filter(|c| c.is_alphanumeric()).collect();
        let mut mapping = mapping(format!("{}{plain}BasePathMapping", api.id));
        mapping.set("BasePath", if normalized { plain.as_str() } else { path });
        mapping
    };
    paths.into_iter().map(of).collect()
}

fn access_association(api: &Api, association: &Tree, domain_id: &str) -> Resource {
    let at = association.at();
    let endpoint = association.get("VpcEndpointId").cloned().unwrap_or_else(|| at.plain("null"));
    let id = format!("DomainNameAccessAssociation{}", hash::of_tree(&tree!(at, [(&endpoint), domain_id])));
    let mut resource = api.more(id, "AWS::ApiGateway::DomainNameAccessAssociation");
    resource.set("DomainNameArn", at.reference(domain_id));
    resource.set("AccessAssociationSourceType", "VPCE").set("AccessAssociationSource", endpoint);
    resource
}
