//! Virtual machines.

use hlc_plan::{Address, Kind, Part, PlannedResource};
use hlc_schema::scalar::Bytes;
use hlc_schema::{Data, ScopeId, Spanned};

use super::{Cluster, image, proxmox};
use crate::concept::{Machine, PciAddress, VmId};
use crate::resolve::Resolver;
use crate::stack::extra;

/// A virtual machine of Proxmox (`/nodes/{node}/qemu/{vmid}/config`).
///
/// Its name is not unique at Proxmox, so it carries the tag `hlc`; once its number is known it is found by that. What takes
/// a restart is what QEMU cannot change while it runs (`vmconfig_hotplug_pending`): Proxmox keeps it pending until then.
#[derive(Clone, Debug, Kind)]
#[kind(name = "vm", stack = Talos, identity = "its number; before that is known its name and the tag `hlc`", outputs = OUTPUTS, protected)]
pub struct Vm {
    /// The installation it belongs to.
    #[change(identity)]
    pub proxmox: Address,
    /// Its name.
    #[change(identity)]
    pub name: String,
    /// The host it runs on.
    #[change(replace)]
    pub host: String,
    /// Its number, when it is stated.
    #[change(replace)]
    pub vmid: Option<Spanned<VmId>>,
    /// Its tags.
    #[change(update)]
    pub tags: Vec<String>,
    /// How many cores it has, in one socket.
    #[change(restart)]
    pub cores: Spanned<u32>,
    /// The type of its processors: `host` hands the host's through.
    #[change(restart)]
    pub cpu: &'static str,
    /// Its weight when cores are short.
    #[change(update)]
    pub cpu_units: u32,
    /// The most memory it may have.
    #[change(restart)]
    pub memory: Spanned<Bytes>,
    /// The memory it keeps when the host runs short.
    #[change(update)]
    pub balloon: Spanned<Bytes>,
    /// The type of the machine: another one has other devices, in which Talos would not find its disk's boot entry.
    #[change(replace)]
    pub machine: &'static str,
    /// Its firmware.
    #[change(replace)]
    pub bios: &'static str,
    /// The storage of the firmware's variables.
    #[change(replace)]
    pub efi_storage: String,
    /// The controller of its disk.
    #[change(restart)]
    pub scsi_controller: &'static str,
    /// The size of its disk, `scsi0`, which it boots from.
    #[change(grow)]
    pub disk_size: Spanned<Bytes>,
    /// The rest of its disk.
    #[change(replace)]
    pub disk: VmDisk,
    /// The volume that its disk is made from.
    #[change(create)]
    pub image: String,
    /// The bridge that its network card, `net0`, is attached to.
    #[change(update)]
    pub bridge: String,
    /// Devices of the host, `hostpci0` and so on.
    #[change(restart)]
    pub pci: Vec<VmPci>,
    /// The kind of system in it.
    #[change(restart)]
    pub os: &'static str,
    /// True when it has a guest agent, by which its first address is learned.
    #[change(restart)]
    pub agent: bool,
    /// True when it starts with its host.
    #[change(update)]
    pub on_boot: bool,
    /// Further settings, as they are written.
    #[change(restart, secrets)]
    pub extra: Option<Data>,
}

/// A disk of a virtual machine.
#[derive(Clone, Debug, Part)]
pub struct VmDisk {
    /// Its storage.
    pub storage: String,
    /// True when it has a thread of its own.
    pub io_thread: bool,
}

/// A device of the host in a virtual machine.
#[derive(Clone, Debug, Part)]
pub struct VmPci {
    /// Its address on the host.
    pub address: Spanned<PciAddress>,
    /// Attached as PCI Express.
    pub pcie: bool,
    /// The first graphics card.
    pub x_vga: bool,
}

const OUTPUTS: &[hlc_plan::OutputDecl] = &[
    hlc_plan::OutputDecl { name: "vmid", doc: "Its number.", secret: false },
    hlc_plan::OutputDecl {
        name: "address",
        doc: "The first IPv4 address that its agent reports, loopback and link-local ones apart.",
        secret: false,
    },
];

/// The weight of a machine that states none (Proxmox' own, under cgroup v2).
const CPU_UNITS: u32 = 100;

pub(super) fn lower(resolver: &Resolver<'_>, cluster: &Cluster<'_>, machine: &Machine) -> Option<PlannedResource> {
    let (host, image) = (cluster.host(machine)?, cluster.image(machine)?);
    let extra = extra(resolver, ScopeId::default(), machine.extra.as_ref())?;
    let mut pci: Vec<VmPci> = machine
        .pci
        .iter()
        .map(|device| VmPci {
            address: device.address.clone(),
            pcie: device.pcie.is_none_or(|pcie| pcie.value),
            x_vga: device.x_vga.is_some_and(|first| first.value),
        })
        .collect();
    pci.sort_by(|a, b| a.address.value.cmp(&b.address.value));
    let kind = Vm {
        proxmox: proxmox::address(cluster.proxmox),
        name: machine.name.name.clone(),
        host: host.name.to_owned(),
        vmid: machine.vmid,
        tags: vec!["hlc".to_owned(), cluster.name().to_owned()],
        cores: machine.cores,
        cpu: "host",
        cpu_units: machine.cpu_units.map_or(CPU_UNITS, |units| units.value),
        memory: machine.memory,
        balloon: machine.balloon.unwrap_or(machine.memory),
        machine: "q35",
        bios: "ovmf",
        efi_storage: host.disks().to_owned(),
        scsi_controller: "virtio-scsi-single",
        disk_size: machine.disk,
        disk: VmDisk { storage: host.disks().to_owned(), io_thread: true },
        image: image::volume(cluster, image, host),
        bridge: host.bridge().to_owned(),
        pci,
        os: "l26",
        agent: true,
        on_boot: true,
        extra,
    };
    let mut resource = PlannedResource::new(address(&machine.name.name), kind, machine.name.span)
        .after(proxmox::address(cluster.proxmox))
        .after(cluster.image_file(image, host));
    resource.was = machine.was.as_ref().map(|was| Spanned::new(address(was.value.as_str()), was.span));
    Some(resource)
}

/// The address of a machine's virtual machine.
pub(super) fn address(machine: &str) -> Address {
    Address::resource::<Vm>(machine)
}
