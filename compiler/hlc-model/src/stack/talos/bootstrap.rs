//! The beginning of a cluster.

use std::net::Ipv4Addr;

use hlc_plan::{Address, Input, Kind, PlannedResource};
use hlc_schema::Spanned;

use super::{Cluster, machine_config};

/// The start of etcd on one control plane, once in a cluster's life (`MachineService.Bootstrap`).
///
/// A second time is refused with `AlreadyExists`, which counts as done. Nothing undoes it.
#[derive(Clone, Debug, Kind)]
#[kind(name = "bootstrap", stack = Talos, identity = "the cluster: etcd has data or not")]
pub struct Bootstrap {
    /// The cluster's name.
    #[change(identity)]
    pub cluster: String,
    /// The control plane that begins.
    #[change(create)]
    pub node: Spanned<Ipv4Addr>,
    /// What a client of its API has to have.
    #[change(create, secret)]
    pub client: Input<String>,
}

/// The bootstrap of a cluster, if it has a control plane.
pub(super) fn lower(cluster: &Cluster<'_>) -> Option<PlannedResource> {
    let first = cluster.control_planes().next()?;
    let kind = Bootstrap { cluster: cluster.name().to_owned(), node: first.ip, client: cluster.client() };
    let resource = PlannedResource::new(address(cluster), kind, cluster.talos.name.span);
    Some(
        cluster
            .control_planes()
            .fold(resource, |resource, machine| resource.after(machine_config::address(&machine.name.name))),
    )
}

/// The address of a cluster's bootstrap.
pub(super) fn address(cluster: &Cluster<'_>) -> Address {
    Address::resource::<Bootstrap>(cluster.name())
}
