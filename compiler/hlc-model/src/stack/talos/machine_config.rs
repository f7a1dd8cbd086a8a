//! The configuration of each machine.

use std::net::Ipv4Addr;

use hlc_plan::{Address, Input, Kind, PlannedResource};
use hlc_schema::{Data, Deferred, Spanned};

use super::{Cluster, config, vm};
use crate::concept::Machine;
use crate::resolve::Resolver;

/// The configuration of a machine, applied over its API (`MachineService.ApplyConfiguration`).
///
/// Whether a change takes a reboot is Talos' to say: applied in the mode `AUTO` it takes one unless only parts differ that
/// it can change while it runs (`Runtime.CanApplyImmediate`). The same request with `dry_run` tells beforehand; its answer
/// names the mode that would be taken.
#[derive(Clone, Debug, Kind)]
#[kind(name = "machine-config", stack = Talos, identity = "the machine")]
pub struct MachineConfig {
    /// The machine's name.
    #[change(identity)]
    pub machine: String,
    /// Its address once it is configured.
    #[change(update)]
    pub node: Spanned<Ipv4Addr>,
    /// Its address before that, while it waits in maintenance mode.
    #[change(create)]
    pub first_endpoint: Input<Ipv4Addr>,
    /// What a client of its API has to have; in maintenance mode none is asked for.
    #[change(update, secret)]
    pub client: Input<String>,
    /// The documents of the configuration. What stands for a value that is made up once is an output of the secrets.
    #[change(update, secrets)]
    pub documents: Vec<Data>,
}

pub(super) fn lower(resolver: &Resolver<'_>, cluster: &Cluster<'_>, machine: &Machine) -> Option<PlannedResource> {
    let documents = config::documents(resolver, cluster, machine)?;
    let vm = vm::address(&machine.name.name);
    cluster.host(machine)?; // without one there is no virtual machine
    let kind = MachineConfig {
        machine: machine.name.name.clone(),
        node: machine.ip,
        first_endpoint: Input::later(Deferred::output(vm.as_str(), "address"), machine.name.span),
        client: cluster.client(),
        documents,
    };
    let mut resource = PlannedResource::new(address(&machine.name.name), kind, machine.name.span);
    resource.was = machine.was.as_ref().map(|was| Spanned::new(address(was.value.as_str()), was.span));
    Some(resource)
}

/// The address of a machine's configuration.
pub(super) fn address(machine: &str) -> Address {
    Address::resource::<MachineConfig>(machine)
}
