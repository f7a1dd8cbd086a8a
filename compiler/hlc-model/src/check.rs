//! Checks across the homelab, one file each.
//!
//! A check looks at the whole model and plan and says what would fail later. Add one as a new file and a line in
//! [`CHECKS`]; its [`Code`] carries the documentation and the examples that the tests compile.

use hlc_diag::{Code, Diagnostic};

use crate::audit::{Audit, Wanted};
use crate::charts::Charts;
use crate::control::Control;
use crate::control::firm::Firm;
use crate::lower::Unit;
use crate::model::Model;
use crate::resolve::Resolver;

mod addresses;
mod application_name;
mod argocd_redirect;
mod bindings;
mod bootstrap;
mod branches;
mod capacity;
mod certificate_hosts;
pub(crate) mod chart_values;
mod classes;
mod cluster_networks;
mod control_planes;
mod data_blocks;
mod definitions;
mod delivery_namespace;
mod dns;
mod dns01_secret;
mod duplicate_host;
mod duplicate_object;
mod edge;
mod existing_workload;
mod exposure;
mod facts;
mod free;
mod gateway_address;
mod gateway_api;
mod gateway_listener;
mod gateway_pool;
mod generated_name;
mod governing_service;
mod identity;
mod image_tag;
mod installed;
mod labels;
mod listener_tls;
mod login;
mod machine_host;
mod meant;
mod missing_claim;
mod nodes;
mod owners;
mod plain_secret;
mod pod_names;
pub(crate) mod pod_references;
pub(crate) mod pod_security;
mod pool;
mod probe_port;
mod proxmox_login;
mod public_host;
mod raw_routes;
mod route_service;
mod same_listener;
mod scale_target;
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
mod sso;
mod state;
mod store_fields;
mod store_keys;
mod talos_image;
mod talos_patch;
mod talos_version;
mod tls_route;
mod version_apart;
mod versions;
mod written_secret;

pub(crate) use certificate_hosts::is_for as certificate_is_for;
pub use facts::{Facts, Known};
pub(crate) use facts::{NamespaceFacts, WorkloadFacts, containers, may_make_others, pod_template};
pub(crate) use gateway_listener::covers as listener_covers;
pub(crate) use service_selector::{means as selector_means, selected_by};

/// The codes by which a hop of a way is known to be broken (`reach/judge.rs`).
pub(crate) mod codes {
    use hlc_diag::Code;

    pub(crate) const CLOSED_PORT: &Code = &super::edge::firewall::CLOSED_PORT;
    pub(crate) const DUPLICATE_HOST: &Code = &super::duplicate_host::DUPLICATE_HOST;
    pub(crate) const FOREIGN_HOST: &Code = &super::public_host::FOREIGN_HOST;
    pub(crate) const LISTENER_HOST: &Code = &super::certificate_hosts::LISTENER_HOST;
    pub(crate) const LISTENER_TLS: &Code = &super::listener_tls::LISTENER_TLS;
    pub(crate) const NO_EDGE: &Code = &super::exposure::no_edge::NO_EDGE;
    pub(crate) const NO_LISTENER: &Code = &super::gateway_listener::NO_LISTENER;
    pub(crate) const NO_PASSTHROUGH: &Code = &super::tls_route::NO_PASSTHROUGH;
    pub(crate) const NO_RECORD: &Code = &super::exposure::no_record::NO_RECORD;
    pub(crate) const NO_REDIRECT: &Code = &super::identity::no_redirect::NO_REDIRECT;
    pub(crate) const OPEN_PORT: &Code = &super::edge::firewall::OPEN_PORT;
    pub(crate) const OTHER_GATEWAY: &Code = &super::exposure::other_gateway::OTHER_GATEWAY;
    pub(crate) const RECORD_ELSEWHERE: &Code = &super::exposure::record_elsewhere::RECORD_ELSEWHERE;
    pub(crate) const REDIRECT_HOST: &Code = &super::identity::redirect_host::REDIRECT_HOST;
    pub(crate) const ROUTE_HOST: &Code = &super::certificate_hosts::ROUTE_HOST;
    pub(crate) const SELECTS_NOTHING: &Code = &super::service_selector::SELECTS_NOTHING;
    pub(crate) const TARGET_PORT: &Code = &super::service_selector::TARGET_PORT;
    pub(crate) const UNCOVERED: &Code = &super::identity::forward_auth::UNCOVERED;
    pub(crate) const ZONE_ABSENT: &Code = &super::dns::zone_absent::ZONE_ABSENT;
}

/// One check.
pub struct Check {
    /// What it can find.
    pub codes: &'static [&'static Code],
    run: fn(&Facts<'_>, &mut Vec<Diagnostic>),
}

/// Findings that are only shown to whoever asks for them.
pub(crate) const PEDANTIC: &[&Code] = &[&chart_values::DEFAULT];

/// What must not be published: secrets in plain text.
pub const PLAINTEXT: &[&Code] = &[&plain_secret::PLAIN_VALUE];

/// Every check, in the order of their codes.
pub const CHECKS: &[Check] = &[
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
    exposure::no_record::CHECK,
    exposure::record_elsewhere::CHECK,
    exposure::no_edge::CHECK,
    identity::no_redirect::CHECK,
    exposure::unguarded::CHECK,
    exposure::other_gateway::CHECK,
    plain_secret::CHECK,
    written_secret::CHECK,
    pod_names::CHECK,
    classes::CHECK,
    bindings::CHECK,
    scale_target::CHECK,
    probe_port::CHECK,
    image_tag::CHECK,
    raw_routes::CHECK,
    governing_service::CHECK,
    nodes::CHECK,
    definitions::CHECK,
    gateway_pool::CHECK,
    secrets_undeclared::CHECK,
    secrets_file::CHECK,
    secret_absent::CHECK,
    secret_unused::CHECK,
    secret_plain::CHECK,
    secrets_recipients::CHECK,
    bootstrap::CHECK,
    sso::CHECK,
    argocd_redirect::CHECK,
    versions::CHECK,
    gateway_api::CHECK,
    pool::CHECK,
    gateway_address::CHECK,
    listener_tls::CHECK,
    same_listener::CHECK,
    certificate_hosts::CHECK,
    tls_route::CHECK,
    dns01_secret::CHECK,
    delivery_namespace::CHECK,
    installed::CHECK,
    generated_name::CHECK,
    application_name::CHECK,
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
    version_apart::CHECK,
    cluster_networks::CHECK,
    chart_values::CHECK,
    login::CHECK,
    state::CHECK,
];

/// Errors of checks that cannot be allowed all the same, and why.
pub(crate) const FIRM: &[(&Code, Firm)] = &[
    (&duplicate_object::DUPLICATE_OBJECT, Firm::Loss),
    (&branches::SAME_BRANCH, Firm::Loss),
    (&application_name::APPLICATION_NAME, Firm::Loss),
    (&secret_plain::SECRET_PLAIN, Firm::Leak),
    (&secrets_undeclared::SECRETS_UNDECLARED, Firm::Unmade),
    (&secrets_file::SECRETS_FILE, Firm::Unmade),
    (&store_fields::STORE_FIELD, Firm::Unmade),
    (&installed::MANIFESTS_NAME, Firm::Unmade),
    (&installed::ADDON_DELIVER, Firm::Unmade),
    (&several_clusters::SEVERAL_CLUSTERS, Firm::Unmade),
    (&proxmox_login::PROXMOX_LOGIN, Firm::Unmade),
    (&machine_host::MACHINE_HOST, Firm::Unmade),
    (&talos_image::IMAGE_CONTENT, Firm::Unmade),
    (&control_planes::NO_CONTROL_PLANE, Firm::Unmade),
    (&control_planes::CLUSTER_ENDPOINT, Firm::Unmade),
    (&machine_host::VM_NUMBER, Firm::Loss),
    (&capacity::MACHINE_SIZE, Firm::Refused),
    (&talos_image::IMAGE_IMPORT, Firm::Refused),
    (&talos_patch::PATCH_DOCUMENT, Firm::Unmade),
    (&identity::oidc_route::OIDC_ROUTE, Firm::Unmade),
    (&identity::client_secret::CLIENT_SECRET, Firm::Unmade),
    (&identity::forward_auth::MODE, Firm::Unmade),
    (&identity::server::SERVER, Firm::Unmade),
    (&identity::redirect_path::REDIRECT_PATH, Firm::Unmade),
    (&identity::made_elsewhere::MADE_ELSEWHERE, Firm::Unmade),
    (&identity::client_id::CLIENT_ID, Firm::Refused),
    (&identity::slug::SLUG, Firm::Refused),
    (&listener_tls::LISTENER_TLS, Firm::Refused),
    (&dns::cname::CNAME_ALONE, Firm::Refused),
    (&dns::cname::CNAME_SELF, Firm::Refused),
    (&dns::duplicate_record::DUPLICATE_RECORD, Firm::Refused),
    (&dns::host_target::HOST_TARGET, Firm::Refused),
    (&dns::proxied::PROXIED, Firm::Refused),
    (&dns::text::RECORD_TEXT, Firm::Refused),
    (&dns::ttl::RECORD_TTL, Firm::Refused),
    (&state::STATE, Firm::Unmade),
];

/// Holds objects against their schemas, then runs every check; gives back whether some workload was left out, and what is to be
/// known of the homelab besides, as far as it is wanted.
pub(crate) fn run<'m>(
    model: &'m Model,
    resolver: &'m Resolver<'m>,
    units: &'m [Unit<'m>],
    charts: &'m Charts,
    found: &mut Vec<Diagnostic>,
    control: &Control,
    wanted: Wanted,
) -> (bool, Audit) {
    data_blocks::resolve(resolver);
    let known = Known::gather(model, resolver, units, charts, control, found);
    let before = found.len();
    let of_checks = resolver.each(CHECKS, |resolver, check| {
        let mut found = Vec::new();
        (check.run)(&Facts::new(&known, resolver), &mut found);
        found
    });
    found.extend(of_checks.into_iter().flatten());
    // What a chart renders stands nowhere in the homelab: the place is the release's, and its name is not what is wrong.
    for finding in found.iter_mut().skip(before) {
        if charts.releases.iter().any(|release| release.span == finding.primary.span) {
            finding.fixes.clear();
        }
    }
    (known.hold_back(), Audit::of(&Facts::new(&known, resolver), control, found, wanted))
}
