//! Source addresses of modules that are not directories: the registry's, and git repositories that are named like one.

use crate::value::{Str, format_smolstr};

/// Which module a source address means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `namespace/name/provider`.
    pub module: Str,
    /// `modules/alias`; empty for the module itself.
    pub submodule: Str,
    /// `ref=` of a git address, or `version=` of Terragrunt's `tfr` address.
    pub reference: Option<Str>,
}

/// Hosts whose registries hold the same modules.
const REGISTRIES: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

impl Address {
    /// Reads an address; `None` for one of another kind (an archive, a private registry, a bucket).
    pub fn parse(source: &str) -> Option<Address> {
        let (path, query) = source.split_once('?').unwrap_or((source, ""));
        let parameter = |name: &str| query.split('&').find_map(|p| p.strip_prefix(name)?.strip_prefix('=')).map(Str::from);
        let path = path.strip_prefix("git::").unwrap_or(path);
        if let Some(rest) = path.strip_prefix("tfr://") {
            let (host, rest) = rest.split_once('/')?;
            let known = host.is_empty() || REGISTRIES.contains(&host);
            return Self::of_registry(rest, parameter("version")).filter(|_| known);
        }
        let repository = ["https://", "http://", "ssh://", "git@"].iter().find_map(|scheme| path.strip_prefix(scheme));
        let repository = repository.map(|r| r.strip_prefix("git@").unwrap_or(r)).or_else(|| path.starts_with("github.com").then_some(path));
        match repository {
            Some(repository) => Self::of_repository(repository, parameter("ref")),
            None => Self::of_registry(path, None),
        }
    }

    fn of_registry(path: &str, reference: Option<Str>) -> Option<Address> {
        let (module, submodule) = path.split_once("//").unwrap_or((path, ""));
        let module = match module.split('/').collect::<Vec<_>>().as_slice() {
            [_, _, _] => module.to_owned(),
            [host, namespace, name, provider] if REGISTRIES.contains(host) => format!("{namespace}/{name}/{provider}"),
            _ => return None,
        };
        Some(Address { module: module.into(), submodule: submodule.trim_matches('/').into(), reference })
    }

    /// A repository in the registry is named `terraform-PROVIDER-NAME` (Terraform documentation, "Publishing Modules").
    fn of_repository(address: &str, reference: Option<Str>) -> Option<Address> {
        let rest = address.strip_prefix("github.com")?.strip_prefix(['/', ':'])?;
        let (path, submodule) = rest.split_once("//").unwrap_or((rest, ""));
        let (namespace, repository) = path.trim_end_matches('/').split_once('/')?;
        let repository = repository.strip_suffix(".git").unwrap_or(repository);
        let (provider, name) = repository.strip_prefix("terraform-")?.split_once('-')?;
        let plain = !namespace.is_empty() && !name.is_empty() && !repository.contains('/');
        plain.then(|| Address {
            module: format_smolstr!("{namespace}/{name}/{provider}"),
            submodule: submodule.trim_matches('/').into(),
            reference,
        })
    }
}
