//! Checks across the homelab, one file each.
//!
//! A check looks at the whole model and plan and says what would fail later. Add one as a new file and a line in
//! [`CHECKS`]; its [`Code`] carries the documentation and the examples that the tests compile.

use hlc_diag::{Code, Diagnostic};

use crate::lower::Unit;
use crate::model::Model;
use crate::resolve::Resolver;

mod addresses;
mod branches;
mod capacity;
mod certificate_hosts;
mod cluster_networks;
mod control_planes;
mod data_blocks;
mod delivery_namespace;
mod dns;
mod dns01_secret;
mod duplicate_host;
mod duplicate_object;
mod edge;
mod existing_workload;
mod facts;
mod gateway_address;
mod gateway_listener;
mod generated_name;
mod identity;
mod installed;
mod listener_tls;
mod machine_host;
mod missing_claim;
mod owners;
mod plain_secret;
mod pod_security;
mod pool;
mod proxmox_login;
mod public_host;
mod route_service;
mod secret_absent;
mod secret_keys;
mod secret_plain;
mod secret_unused;
mod secrets_file;
mod secrets_recipients;
mod secrets_undeclared;
mod selector;
mod service_selector;
mod several_clusters;
mod store_fields;
mod store_keys;
mod talos_image;
mod talos_patch;
mod talos_version;
mod tls_route;

pub use facts::Facts;
pub(crate) use facts::{NamespaceFacts, WorkloadFacts, containers};

/// One check.
pub struct Check {
    /// What it can find.
    pub codes: &'static [&'static Code],
    run: fn(&Facts<'_>, &mut Vec<Diagnostic>),
}

/// Every check, in the order of their codes.
pub const CHECKS: &[Check] = &[
    data_blocks::CHECK,
    duplicate_object::CHECK,
    route_service::CHECK,
    duplicate_host::CHECK,
    gateway_listener::CHECK,
    store_fields::CHECK,
    store_keys::CHECK,
    secret_keys::CHECK,
    selector::CHECK,
    service_selector::CHECK,
    missing_claim::CHECK,
    pod_security::CHECK,
    addresses::CHECK,
    branches::CHECK,
    existing_workload::CHECK,
    several_clusters::CHECK,
    public_host::CHECK,
    plain_secret::CHECK,
    secrets_undeclared::CHECK,
    secrets_file::CHECK,
    secret_absent::CHECK,
    secret_unused::CHECK,
    secret_plain::CHECK,
    secrets_recipients::CHECK,
    pool::CHECK,
    gateway_address::CHECK,
    listener_tls::CHECK,
    certificate_hosts::CHECK,
    tls_route::CHECK,
    dns01_secret::CHECK,
    delivery_namespace::CHECK,
    installed::CHECK,
    generated_name::CHECK,
    edge::env_file::CHECK,
    edge::service::CHECK,
    edge::variables::CHECK,
    edge::started::CHECK,
    edge::firewall::CHECK,
    edge::certificates::CHECK,
    edge::mounts::CHECK,
    identity::oidc_route::CHECK,
    identity::redirect_host::CHECK,
    identity::redirect_pattern::CHECK,
    identity::redirect_plain::CHECK,
    identity::redirect_path::CHECK,
    identity::client_secret::CHECK,
    identity::client_id::CHECK,
    identity::slug::CHECK,
    identity::forward_auth::CHECK,
    identity::server::CHECK,
    identity::made_elsewhere::CHECK,
    dns::record_name::CHECK,
    dns::cname::CHECK,
    dns::duplicate_record::CHECK,
    dns::host_target::CHECK,
    dns::proxied::CHECK,
    dns::text::CHECK,
    dns::ttl::CHECK,
    dns::zone_absent::CHECK,
    proxmox_login::CHECK,
    machine_host::CHECK,
    talos_image::CHECK,
    control_planes::CHECK,
    talos_version::CHECK,
    capacity::CHECK,
    talos_patch::CHECK,
    cluster_networks::CHECK,
];

/// Holds objects against their schemas, then runs every check; true when some workload was left out.
pub(crate) fn run<'m>(
    model: &'m Model,
    resolver: &'m Resolver<'m>,
    units: &'m [Unit<'m>],
    found: &mut Vec<Diagnostic>,
) -> bool {
    let facts = Facts::gather(model, resolver, units, found);
    for check in CHECKS {
        (check.run)(&facts, found);
    }
    facts.hold_back()
}
