//! The version of Talos on each machine.

use std::net::Ipv4Addr;

use hlc_plan::{Address, Input, Kind, PlannedResource};
use hlc_schema::Spanned;

use super::{Cluster, bootstrap, machine_config};
use crate::concept::{Machine, Role, Version};

/// The Talos that is installed on a machine, changed by an upgrade (`MachineService.Upgrade`).
///
/// A new machine has it from its image. One machine is upgraded after the other, the control planes first, so that etcd
/// keeps its majority.
#[derive(Clone, Debug, Kind)]
#[kind(name = "installation", stack = Talos, identity = "the machine")]
pub struct Installation {
    /// The machine's name.
    #[change(identity)]
    pub machine: String,
    /// Its address.
    #[change(update)]
    pub node: Spanned<Ipv4Addr>,
    /// The version that runs (`MachineService.Version`).
    #[change(restart)]
    pub version: Spanned<Version>,
    /// The schematic it was made from, which it shows as the extension `schematic`.
    #[change(restart)]
    pub schematic: String,
    /// The installer that brings both.
    #[change(update)]
    pub installer: String,
    /// What a client of its API has to have.
    #[change(update, secret)]
    pub client: Input<String>,
}

/// The installations of a cluster, each after the one before it.
pub(super) fn lower(cluster: &Cluster<'_>) -> Vec<PlannedResource> {
    let mut machines = cluster.machines.clone();
    machines.sort_by_key(|machine| (machine.role.value == Role::Worker, machine.name.name.as_str()));
    let mut before: Option<Address> = None;
    let mut resources = Vec::new();
    for machine in machines {
        let Some(mut resource) = one(cluster, machine) else { continue };
        if let Some(before) = before.replace(resource.address.clone()) {
            resource = resource.after(before);
        }
        resources.push(resource);
    }
    resources
}

fn one(cluster: &Cluster<'_>, machine: &Machine) -> Option<PlannedResource> {
    let image = cluster.image(machine)?;
    cluster.host(machine)?;
    let (schematic, version) = (image.schematic_id(), &cluster.talos.version);
    let installer = format!("factory.talos.dev/{}-installer/{schematic}:{}", image.platform(), version.value.as_str());
    let kind = Installation {
        machine: machine.name.name.clone(),
        node: machine.ip,
        version: version.clone(),
        schematic,
        installer,
        client: cluster.client(),
    };
    let address = |name: &str| Address::resource::<Installation>(name);
    let mut resource = PlannedResource::new(address(&machine.name.name), kind, machine.name.span)
        .after(machine_config::address(&machine.name.name))
        .after(bootstrap::address(cluster));
    resource.was = machine.was.as_ref().map(|was| Spanned::new(address(was.value.as_str()), was.span));
    Some(resource)
}
