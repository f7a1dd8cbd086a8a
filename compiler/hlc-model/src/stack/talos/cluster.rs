//! A cluster with everything it names.

use hlc_plan::{Address, Input};
use hlc_schema::Deferred;

use super::{ClientConfig, ImageFile, MachineSecrets};
use crate::concept::{Host, Image, Machine, Network, Proxmox, Role, Talos};
use crate::model::Model;

/// A cluster with everything it names.
pub(crate) struct Cluster<'m> {
    pub(crate) talos: &'m Talos,
    pub(crate) proxmox: &'m Proxmox,
    pub(crate) network: &'m Network,
    /// Ordered by name.
    pub(crate) machines: Vec<&'m Machine>,
    hosts: Vec<Host<'m>>,
}

impl<'m> Cluster<'m> {
    /// Every cluster; those that name what nobody declares, which has been reported, are left out.
    pub(crate) fn all(model: &'m Model) -> impl Iterator<Item = Self> {
        model.talos.iter().filter_map(|talos| {
            let proxmox = model.proxmox.iter().find(|proxmox| proxmox.name.name == talos.on.name)?;
            let networks = model.homelab.iter().flat_map(|homelab| &homelab.network);
            let network = networks.into_iter().find(|network| network.name.name == talos.network.name)?;
            Some(Self { talos, proxmox, network, machines: talos.machines(), hosts: proxmox.hosts() })
        })
    }

    /// The cluster's name.
    pub(crate) fn name(&self) -> &'m str {
        &self.talos.name.name
    }

    /// The host of a machine; `None` when it has none, which is reported by a check.
    pub(crate) fn host(&self, machine: &Machine) -> Option<Host<'m>> {
        match (&machine.host, self.hosts.as_slice()) {
            (None, [only]) => Some(*only),
            (None, _) => None,
            (Some(wanted), hosts) => hosts.iter().find(|host| host.name == wanted.value.as_str()).copied(),
        }
    }

    /// The names of the hosts, ordered.
    pub(crate) fn host_names(&self) -> Vec<&'m str> {
        let mut names: Vec<_> = self.hosts.iter().map(|host| host.name).collect();
        names.sort_unstable();
        names
    }

    /// The image of a machine.
    pub(crate) fn image(&self, machine: &Machine) -> Option<&'m Image> {
        self.talos.image.iter().find(|image| image.name.name == machine.image.name)
    }

    /// The address of an image's file on a host.
    pub(crate) fn image_file(&self, image: &Image, host: Host<'_>) -> Address {
        Address::resource::<ImageFile>(&format!("{}.{}.{}", self.name(), image.name.name, host.name))
    }

    /// Its control planes, ordered by name.
    pub(crate) fn control_planes(&self) -> impl Iterator<Item = &'m Machine> {
        self.machines.iter().copied().filter(|machine| machine.role.value == Role::ControlPlane)
    }

    /// One of the values that are made up once for the cluster.
    pub(crate) fn secret(&self, name: &str) -> Deferred {
        Deferred::output(Address::resource::<MachineSecrets>(self.name()).as_str(), name)
    }

    /// What a client of the machines' API has to have.
    pub(crate) fn client(&self) -> Input<String> {
        let address = Address::resource::<ClientConfig>(self.name());
        Input::later(Deferred::output(address.as_str(), "talosconfig"), self.talos.name.span)
    }
}
