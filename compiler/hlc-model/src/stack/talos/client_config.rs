//! What `talosctl` reads.

use std::net::Ipv4Addr;

use hlc_plan::{Address, Input, Kind, OutputDecl, PlannedResource};

use super::Cluster;

/// The configuration of a client of the machines' API, with a certificate of the role `os:admin`.
///
/// Made from the secrets alone; no machine has to run. The certificate is renewed before it ends.
#[derive(Clone, Debug, Kind)]
#[kind(name = "client-config", stack = Talos, identity = "the state alone: it is made anew at will", outputs = OUTPUTS)]
pub struct ClientConfig {
    /// The cluster's name.
    #[change(identity)]
    pub cluster: String,
    /// Where the API answers: the control planes themselves, since the address they share answers only once etcd runs.
    #[change(update)]
    pub endpoints: Vec<Ipv4Addr>,
    /// Every machine.
    #[change(update)]
    pub nodes: Vec<Ipv4Addr>,
    /// The authority of the API.
    #[change(update, secret)]
    pub ca_crt: Input<String>,
    /// Its key.
    #[change(update, secret)]
    pub ca_key: Input<String>,
}

const OUTPUTS: &[OutputDecl] = &[OutputDecl { name: "talosconfig", doc: "The configuration, in YAML.", secret: true }];

pub(super) fn lower(cluster: &Cluster<'_>) -> PlannedResource {
    let at = cluster.talos.name.span;
    let secret = |name| Input::later(cluster.secret(name), at);
    let kind = ClientConfig {
        cluster: cluster.name().to_owned(),
        endpoints: cluster.control_planes().map(|machine| machine.ip.value).collect(),
        nodes: cluster.machines.iter().map(|machine| machine.ip.value).collect(),
        ca_crt: secret("os-ca-crt"),
        ca_key: secret("os-ca-key"),
    };
    PlannedResource::new(Address::resource::<ClientConfig>(cluster.name()), kind, at)
}
