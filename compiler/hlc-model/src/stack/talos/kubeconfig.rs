//! What `kubectl` reads.

use std::net::Ipv4Addr;

use hlc_plan::{Address, Input, Kind, OutputDecl, PlannedResource};
use hlc_schema::Spanned;

use super::{Cluster, bootstrap};

/// The administrator's kubeconfig, given out by a control plane (`MachineService.Kubeconfig`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "kubeconfig", stack = Talos, identity = "the cluster: it is given out anew at will", outputs = OUTPUTS)]
pub struct Kubeconfig {
    /// The cluster's name.
    #[change(identity)]
    pub cluster: String,
    /// The control plane that gives it out.
    #[change(update)]
    pub node: Spanned<Ipv4Addr>,
    /// The URL of the Kubernetes API in it.
    #[change(update)]
    pub endpoint: String,
    /// What a client of the machines' API has to have.
    #[change(update, secret)]
    pub client: Input<String>,
}

const OUTPUTS: &[OutputDecl] = &[OutputDecl { name: "kubeconfig", doc: "The kubeconfig, in YAML.", secret: true }];

/// The kubeconfig of a cluster, if it has a control plane and an API.
pub(super) fn lower(cluster: &Cluster<'_>) -> Option<PlannedResource> {
    let kind = Kubeconfig {
        cluster: cluster.name().to_owned(),
        node: cluster.control_planes().next()?.ip,
        endpoint: cluster.talos.api()?,
        client: cluster.client(),
    };
    let address = Address::resource::<Kubeconfig>(cluster.name());
    Some(PlannedResource::new(address, kind, cluster.talos.name.span).after(bootstrap::address(cluster)))
}
