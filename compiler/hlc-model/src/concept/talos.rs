//! Talos clusters and the machines they run on.

mod image;
mod machine;
mod pci;
mod pool;
mod route;
mod version;

pub use image::{Image, ImageArch, ImageFormat, ImagePlatform, Schematic};
pub use machine::{Machine, Role, VmId};
pub use pci::{PciAddress, PciDevice};
pub use pool::Pool;
pub use route::MachineRoute;
pub use version::Version;

use std::net::Ipv4Addr;

use hlc_plan::Address;
use hlc_schema::scalar::HttpUrl;
use hlc_schema::{AttrDecl, Choice, Data, Def, Node, NodeDecl, Ref, Spanned};
use ipnet::Ipv4Net;

use super::{Network, Proxmox};
use crate::resolve::{Ask, Referable};
use crate::stack::talos::{ClientConfig, Kubeconfig};

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "name", doc: "The cluster's name." },
    AttrDecl { name: "version", doc: "The version of Talos." },
    AttrDecl { name: "kubernetes-version", doc: "The version of Kubernetes." },
    AttrDecl { name: "vip", doc: "The address that the control planes share, if one is given." },
    AttrDecl { name: "endpoint", doc: "The URL of the Kubernetes API." },
    AttrDecl { name: "pod-cidr", doc: "The network of the pods." },
    AttrDecl { name: "service-cidr", doc: "The network of the Services." },
    AttrDecl { name: "kubeconfig", doc: "What `kubectl` reads; known later, and a secret." },
    AttrDecl { name: "talosconfig", doc: "What `talosctl` reads; known later, and a secret." },
];

/// The network of pods when none is stated (Talos, `constants.DefaultIPv4PodCIDR`).
const POD_CIDR: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(10, 244, 0, 0), 16);
/// The network of Services when none is stated (Talos, `constants.DefaultIPv4ServiceCIDR`).
const SERVICE_CIDR: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(10, 96, 0, 0), 12);

/// A Talos cluster on virtual machines of Proxmox.
///
/// It is a group: what stands here of a machine's fields holds for all of its machines, what stands in a pool for those
/// of the pool.
#[derive(Debug, Node)]
#[node(
    name = "talos",
    names = Label,
    attributes = ATTRIBUTES,
    example = r#"talos "talos-cluster" version="v1.12.4" kubernetes-version="v1.35.0" on="pve" network="lan" vip="192.168.1.210" {
    image "base" { extensions iscsi-tools qemu-guest-agent }
    pool "workers" role="worker" image="base" cores=4 memory="6GiB" disk="125GiB" {
        machine "k8s-worker1" ip="192.168.1.221"
        machine "k8s-worker2" ip="192.168.1.222" memory="8GiB"
    }
    machine "k8s-controller1" ip="192.168.1.211" role="control-plane" image="base" cores=4 memory="6GiB" disk="30GiB"
}"#
)]
pub struct Talos {
    /// The cluster's name.
    #[arg]
    pub name: Def<Talos>,
    /// The version of Talos, 1.10 or later.
    #[prop]
    pub version: Spanned<Version>,
    /// The version of Kubernetes.
    #[prop]
    pub kubernetes_version: Spanned<Version>,
    /// The Proxmox installation that its machines run on.
    #[prop]
    pub on: Ref<Proxmox>,
    /// The network that its machines have addresses in; its router and name servers are theirs.
    #[prop]
    pub network: Ref<Network>,
    /// The address that the control planes share: one of them holds it at a time.
    #[prop]
    pub vip: Option<Spanned<Ipv4Addr>>,
    /// The URL of the Kubernetes API; else it is made of the `vip`, or of the one control plane's address.
    #[prop]
    pub endpoint: Option<Spanned<HttpUrl>>,
    /// The network of the pods.
    #[prop(default = "\"10.244.0.0/16\"")]
    pub pod_cidr: Option<Spanned<Ipv4Net>>,
    /// The network of the Services.
    #[prop(default = "\"10.96.0.0/12\"")]
    pub service_cidr: Option<Spanned<Ipv4Net>>,
    /// What connects the pods: Talos' own, or nothing, for another one to be installed.
    #[prop(default = "\"flannel\"")]
    pub cni: Option<Spanned<Cni>>,
    /// `#false` where the network of the pods does kube-proxy's work.
    #[prop(default = "#true")]
    pub kube_proxy: Option<Spanned<bool>>,
    /// Images that its machines start from.
    #[block]
    pub image: Vec<Image>,
    /// Pools of machines.
    #[block(members)]
    pub pool: Vec<Pool>,
    /// Machines outside of all pools.
    #[block(members)]
    pub machine: Vec<Machine>,
}

/// What connects pods (Talos, `cluster.network.cni.name`). A `custom` one is written in a `patch`, with its URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Cni {
    /// Flannel, which Talos installs.
    Flannel,
    /// Nothing.
    None,
}

impl Talos {
    /// Every machine, in whichever pool, ordered by name.
    pub(crate) fn machines(&self) -> Vec<&Machine> {
        let mut machines: Vec<&Machine> = self.machine.iter().collect();
        let mut open: Vec<&Pool> = self.pool.iter().collect();
        while let Some(pool) = open.pop() {
            machines.extend(&pool.machine);
            open.extend(&pool.pool);
        }
        machines.sort_by(|a, b| a.name.name.cmp(&b.name.name));
        machines
    }

    /// Its control planes, ordered by name.
    pub(crate) fn control_planes(&self) -> impl Iterator<Item = &Machine> {
        self.machines().into_iter().filter(|machine| machine.role.value == Role::ControlPlane)
    }

    /// The URL of the Kubernetes API; `None` when nothing says it.
    pub(crate) fn api(&self) -> Option<String> {
        let at = |ip: Ipv4Addr| format!("https://{ip}:6443");
        let mut control_planes = self.control_planes();
        match (&self.endpoint, self.vip, control_planes.next(), control_planes.next()) {
            (Some(endpoint), ..) => Some(endpoint.value.as_str().trim_end_matches('/').to_owned()),
            (None, Some(vip), ..) => Some(at(vip.value)),
            (None, None, Some(only), None) => Some(at(only.ip.value)),
            (None, None, ..) => None,
        }
    }

    /// The network of the pods.
    pub(crate) fn pods(&self) -> Ipv4Net {
        self.pod_cidr.map_or(POD_CIDR, |cidr| cidr.value)
    }

    /// The network of the Services.
    pub(crate) fn services(&self) -> Ipv4Net {
        self.service_cidr.map_or(SERVICE_CIDR, |cidr| cidr.value)
    }
}

impl Referable for Talos {
    fn declaration(&self) -> &'static NodeDecl {
        Talos::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        let name = self.name.name.as_str();
        match ask.field {
            "name" => ask.text(name),
            "version" => ask.scalar(&self.version.value),
            "kubernetes-version" => ask.scalar(&self.kubernetes_version.value),
            "vip" => ask.given(self.vip.as_ref(), self.name.span),
            "endpoint" => match self.api() {
                Some(endpoint) => ask.text(endpoint),
                None => ask.not_given(self.name.span),
            },
            "pod-cidr" => ask.scalar(&self.pods()),
            "service-cidr" => ask.scalar(&self.services()),
            "kubeconfig" => ask.output(&Address::resource::<Kubeconfig>(name), "kubeconfig"),
            "talosconfig" => ask.output(&Address::resource::<ClientConfig>(name), "talosconfig"),
            _ => ask.unknown(Talos::decl()),
        }
    }
}
