//! What Authentik brings along.

use hlc_plan::{Address, Kind, OutputDecl, Ownership, PlannedResource};

use super::kinds::PK;
use crate::concept::Authentik;

/// A flow, looked up (`GET /flows/instances/{slug}/`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "flow", stack = Authentik, identity = "slug", outputs = OUTPUTS)]
pub struct Flow {
    /// Its slug.
    #[change(identity)]
    pub slug: String,
}

/// A certificate with its key, looked up (`GET /crypto/certificatekeypairs/?name=`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "key-pair", stack = Authentik, identity = "name", outputs = OUTPUTS)]
pub struct KeyPair {
    /// Its name.
    #[change(identity)]
    pub name: String,
}

const OUTPUTS: &[OutputDecl] = &[PK];

pub(super) fn lower(authentik: &Authentik) -> Vec<PlannedResource> {
    let flows = authentik.flow.iter().map(|flow| {
        let kind = Flow { slug: flow.name.name.clone() };
        PlannedResource::new(Address::resource::<Flow>(&flow.name.name), kind, flow.name.span)
    });
    let certificates = authentik.key_pair.iter().map(|certificate| {
        let kind = KeyPair { name: certificate.name.name.clone() };
        let address = Address::resource::<KeyPair>(&certificate.name.name);
        PlannedResource::new(address, kind, certificate.name.span)
    });
    flows.chain(certificates).map(|resource| resource.owned(Ownership::Existing)).collect()
}
