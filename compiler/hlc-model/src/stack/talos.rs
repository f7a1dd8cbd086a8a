//! Virtual machines on Proxmox, and the Talos cluster on them.
//!
//! Proxmox' facts are those of its API (`/api2/json`, pve-docs 9.1), Talos' those of its machine API and of what
//! `talosctl gen config` makes (1.10 to 1.13).

mod bootstrap;
mod client_config;
mod cluster;
mod config;
mod image;
mod installation;
mod kubeconfig;
mod machine_config;
mod proxmox;
mod schematic;
mod secrets;
mod vm;

pub use bootstrap::Bootstrap;
pub use client_config::ClientConfig;
pub(crate) use cluster::Cluster;
pub(crate) use config::{CODES, DocumentId, entries, patches};
pub use image::ImageFile;
pub use installation::Installation;
pub use kubeconfig::Kubeconfig;
pub use machine_config::MachineConfig;
pub use proxmox::ProxmoxApi;
pub use schematic::RegisteredSchematic;
pub use secrets::MachineSecrets;
pub use vm::{Vm, VmDisk, VmPci};

use hlc_plan::PlannedResource;

use crate::resolve::Resolver;

pub(crate) fn lower(resolver: &Resolver<'_>) -> Vec<PlannedResource> {
    let mut resources: Vec<PlannedResource> = resolver.model.proxmox.iter().map(proxmox::lower).collect();
    for cluster in Cluster::all(resolver.model) {
        resources.push(secrets::lower(&cluster));
        resources.push(client_config::lower(&cluster));
        resources.extend(cluster.talos.image.iter().filter_map(schematic::lower_in(&cluster)));
        resources.extend(image::lower(resolver, &cluster));
        resources.extend(cluster.machines.iter().filter_map(|machine| vm::lower(resolver, &cluster, machine)));
        let config = |machine: &&_| machine_config::lower(resolver, &cluster, machine);
        resources.extend(cluster.machines.iter().filter_map(config));
        resources.extend(installation::lower(&cluster));
        resources.extend(bootstrap::lower(&cluster));
        resources.extend(kubeconfig::lower(&cluster));
    }
    resources
}
