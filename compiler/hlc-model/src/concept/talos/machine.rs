//! Machines of a Talos cluster.

use std::net::Ipv4Addr;

use hlc_schema::scalar::{Bytes, DnsLabel, Mismatch};
use hlc_schema::{
    AttrDecl, Choice, Data, DataValue, Def, FreeBlock, Layers, Node, NodeDecl, Ref, Scalar, Spanned, TypeDecl,
};

use super::{Image, MachineRoute, PciDevice};
use crate::resolve::{Ask, Referable};

const ATTRIBUTES: &[AttrDecl] =
    &[AttrDecl { name: "name", doc: "The machine's name." }, AttrDecl { name: "ip", doc: "Its address." }];

/// A virtual machine that is a node of the cluster.
///
/// All of its fields but name and address are mostly given by the pool it stands in.
#[derive(Debug, Node)]
#[node(
    name = "machine",
    names = Label,
    attributes = ATTRIBUTES,
    example = r#"machine "k8s-worker1" ip="192.168.1.221" role="worker" image="base" cores=4 memory="6GiB" disk="125GiB""#
)]
pub struct Machine {
    /// The name of the virtual machine and of the Kubernetes node.
    #[arg]
    pub name: Def<Machine>,
    /// Its address, in the cluster's network.
    #[prop]
    pub ip: Spanned<Ipv4Addr>,
    /// What it is in the cluster.
    #[prop]
    pub role: Spanned<Role>,
    /// The image its disk is made from.
    #[prop]
    pub image: Ref<Image>,
    /// The host it runs on, where Proxmox has several.
    #[prop]
    pub host: Option<Spanned<DnsLabel>>,
    /// Its number at Proxmox; the next free one when absent.
    #[prop(own)]
    pub vmid: Option<Spanned<VmId>>,
    /// How many cores it has.
    #[prop]
    pub cores: Spanned<u32>,
    /// The most memory it may have.
    #[prop]
    pub memory: Spanned<Bytes>,
    /// The memory it keeps when the host runs short; `memory` when absent.
    #[prop]
    pub balloon: Option<Spanned<Bytes>>,
    /// The size of its disk. It can grow, never shrink.
    #[prop]
    pub disk: Spanned<Bytes>,
    /// Its weight when cores are short, against that of other machines.
    #[prop(default = "100")]
    pub cpu_units: Option<Spanned<u32>>,
    /// Devices of the host that it has for itself.
    #[block]
    pub pci: Vec<PciDevice>,
    /// Labels of the Kubernetes node.
    #[free]
    pub labels: Option<FreeBlock>,
    /// Taints of the Kubernetes node: `KEY="VALUE:EFFECT"`.
    #[free]
    pub taints: Option<FreeBlock>,
    /// Kernel modules to load.
    #[prop]
    pub kernel_modules: Vec<Spanned<String>>,
    /// Ways to networks that the router does not know.
    #[block]
    pub route: Vec<MachineRoute>,
    /// What has no field, in the words of Talos' machine config. Patches of the cluster are merged before those of its
    /// pools, and these before the machine's, each the way Talos merges: maps deep, lists appended.
    #[free]
    pub patch: Layers,
    /// What has no field, in the words of Proxmox' API for virtual machines.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The name it had before.
    #[prop(own)]
    pub was: Option<Spanned<DnsLabel>>,
}

/// What a machine is in its cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Role {
    /// Runs etcd and the Kubernetes API.
    ControlPlane,
    /// Runs workloads.
    Worker,
}

/// The number of a virtual machine at Proxmox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VmId(u32);

impl Scalar for VmId {
    const TYPE: TypeDecl = TypeDecl::new("VM number", "the number of a virtual machine such as `121`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::Integer(number) = value else { return Err(Mismatch::default()) };
        match u32::try_from(number.get()) {
            Ok(number) if (100..=999_999_999).contains(&number) => Ok(Self(number)),
            _ => Err(Mismatch { reason: Some("it has to be between 100 and 999999999".to_owned()), instead: None }),
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::integer(i128::from(self.0))
    }
}

impl Referable for Machine {
    fn declaration(&self) -> &'static NodeDecl {
        Machine::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "name" => ask.text(self.name.name.as_str()),
            "ip" => ask.scalar(&self.ip.value),
            _ => ask.unknown(Machine::decl()),
        }
    }
}
