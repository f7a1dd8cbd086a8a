//! How to reach Proxmox.

use hlc_plan::{Address, Input, Kind, Ownership, PlannedResource};
use hlc_schema::scalar::HttpUrl;
use hlc_schema::{Deferred, SecretKey, Spanned};

use crate::concept::{Fingerprint, PemCertificate, Proxmox, ProxmoxUser};

/// The API of a Proxmox installation, which is there already (`/api2/json/access/ticket`, or a token in each request).
#[derive(Clone, Debug, Kind)]
#[kind(name = "proxmox", stack = Talos, identity = "its URL")]
pub struct ProxmoxApi {
    /// Where it answers.
    #[change(identity)]
    pub url: Spanned<HttpUrl>,
    /// Who logs in: `USER@REALM`, or `USER@REALM!TOKEN`.
    #[change(update)]
    pub user: Spanned<ProxmoxUser>,
    /// The user's password.
    #[change(update, secret)]
    pub password: Option<Input<String>>,
    /// The secret part of the token.
    #[change(update, secret)]
    pub token: Option<Input<String>>,
    /// The SHA-256 fingerprint of its certificate.
    #[change(update)]
    pub fingerprint: Option<Spanned<Fingerprint>>,
    /// The authority that has signed its certificate, in PEM.
    #[change(update)]
    pub ca: Option<Spanned<PemCertificate>>,
}

pub(super) fn lower(proxmox: &Proxmox) -> PlannedResource {
    let secret = |key: &SecretKey| Input::later(Deferred::secret(key.name.as_str()), key.span);
    let kind = ProxmoxApi {
        url: proxmox.url.clone(),
        user: proxmox.user.clone(),
        password: proxmox.password.as_ref().map(secret),
        token: proxmox.token.as_ref().map(secret),
        fingerprint: proxmox.tls.as_ref().and_then(|tls| tls.fingerprint.clone()),
        ca: proxmox.tls.as_ref().and_then(|tls| tls.ca.clone()),
    };
    PlannedResource::new(address(proxmox), kind, proxmox.name.span).owned(Ownership::Existing)
}

/// The address of the API as a resource.
pub(super) fn address(proxmox: &Proxmox) -> Address {
    Address::resource::<ProxmoxApi>(&proxmox.name.name)
}
