//! Manifests from a URL that `hlc apply` installs.

use hlc_plan::{Address, Kind, PlannedResource};

use crate::lower::Lower;
use crate::workload;

/// The objects of a YAML file at a URL, made by server-side apply, custom resource definitions first.
#[derive(Clone, Debug, Kind)]
#[kind(name = "manifests", stack = Platform, identity = "name", protected)]
pub struct Manifests {
    /// Its name.
    #[change(identity)]
    pub name: String,
    /// Where the file is; objects that another version of it no longer has are deleted.
    #[change(update)]
    pub url: String,
}

pub(super) fn lower(lower: &Lower<'_>, manifests: &workload::Manifests) -> PlannedResource {
    let name = manifests.name(lower.workload);
    let kind = Manifests { name: name.to_owned(), url: manifests.url.value.as_str().to_owned() };
    PlannedResource::new(Address::resource::<Manifests>(name), kind, manifests.url.span)
}
