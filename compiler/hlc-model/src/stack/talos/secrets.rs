//! What a cluster keeps secret.

use hlc_plan::{Address, Kind, OutputDecl, PlannedResource};
use hlc_schema::Spanned;

use super::Cluster;
use crate::concept::Version;

/// The secrets of a cluster: authorities, keys and tokens, as `talosctl gen secrets` makes them up.
///
/// Made once and kept in the state: with others no machine would know its cluster any more.
#[derive(Clone, Debug, Kind)]
#[kind(name = "secrets", stack = Talos, identity = "the state alone: no API gives them out", outputs = OUTPUTS, protected)]
pub struct MachineSecrets {
    /// The cluster's name.
    #[change(identity)]
    pub cluster: String,
    /// The version of Talos that they were made for.
    #[change(create)]
    pub version: Spanned<Version>,
}

/// A secret output.
const fn secret(name: &'static str, doc: &'static str) -> OutputDecl {
    OutputDecl { name, doc, secret: true }
}

/// Named after the secrets bundle of Talos (`secrets.Bundle`).
const OUTPUTS: &[OutputDecl] = &[
    secret("cluster-id", "Tells the cluster from others where its members find each other."),
    secret("cluster-secret", "Encrypts what its members tell each other there."),
    secret("bootstrap-token", "Lets nodes join Kubernetes."),
    secret("secretbox-secret", "Encrypts what the Kubernetes API stores."),
    secret("machine-token", "Lets machines join Talos."),
    secret("os-ca-crt", "The authority of the Talos API, in base64 of PEM."),
    secret("os-ca-key", "Its key."),
    secret("kubernetes-ca-crt", "The authority of Kubernetes, in base64 of PEM."),
    secret("kubernetes-ca-key", "Its key."),
    secret("aggregator-ca-crt", "The authority of the API's aggregation layer, in base64 of PEM."),
    secret("aggregator-ca-key", "Its key."),
    secret("etcd-ca-crt", "The authority of etcd, in base64 of PEM."),
    secret("etcd-ca-key", "Its key."),
    secret("service-account-key", "Signs the tokens of ServiceAccounts, in base64 of PEM."),
];

pub(super) fn lower(cluster: &Cluster<'_>) -> PlannedResource {
    let address = Address::resource::<MachineSecrets>(cluster.name());
    let kind = MachineSecrets { cluster: cluster.name().to_owned(), version: cluster.talos.version.clone() };
    PlannedResource::new(address, kind, cluster.talos.name.span)
}
