//! Proxmox VE: the hosts that virtual machines run on, and how to reach their API.

mod fingerprint;
mod user;

pub use fingerprint::{Fingerprint, PemCertificate};
pub use user::ProxmoxUser;

use hlc_schema::scalar::{Bytes, DnsLabel, HttpUrl};
use hlc_schema::{Def, Node, SecretKey, Spanned};

/// A Proxmox VE installation: one host, or several in a cluster of Proxmox.
///
/// What stands here holds for all of its hosts. Without a `node` there is one host, of the same name.
#[derive(Debug, Node)]
#[node(
    name = "proxmox",
    names = Label,
    example = r#"proxmox "proxmox" url="https://192.168.1.235:8006" user="root@pam" password=(secret)PROXMOX_PASSWORD {
    tls fingerprint="8B:1F:6C:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:01"
    storage images="local" disks="local-lvm"
    bridge "vmbr0"
    capacity cores=32 memory="92GiB" reserved="8GiB" disk="1800GiB"
}"#
)]
pub struct Proxmox {
    /// The installation's name.
    #[arg]
    pub name: Def<Proxmox>,
    /// Where its API answers.
    #[prop]
    pub url: Spanned<HttpUrl>,
    /// Who logs in: `USER@REALM` with a `password`, or `USER@REALM!TOKEN` with a `token`.
    #[prop]
    pub user: Spanned<ProxmoxUser>,
    /// The user's password.
    #[prop]
    pub password: Option<SecretKey>,
    /// The secret part of an API token.
    #[prop]
    pub token: Option<SecretKey>,
    /// How its certificate is verified; without it by the public authorities.
    #[block]
    pub tls: Option<ProxmoxTls>,
    /// Where images and disks lie.
    #[block]
    pub storage: Option<Storage>,
    /// The bridge that machines are attached to.
    #[prop(default = "\"vmbr0\"")]
    pub bridge: Option<Spanned<String>>,
    /// What the host has to give; without it nothing is added up.
    #[block]
    pub capacity: Option<Capacity>,
    /// Its hosts, when there are several or the one has another name.
    #[block(members)]
    pub node: Vec<ProxmoxNode>,
}

/// A host of a Proxmox installation.
#[derive(Debug, Node)]
#[node(name = "node", id = "proxmox-node", example = r#"node "pve2" { capacity cores=16 memory="64GiB" }"#)]
pub struct ProxmoxNode {
    /// The node's name at Proxmox.
    #[arg]
    pub name: Spanned<DnsLabel>,
    /// Where images and disks lie on it.
    #[block]
    pub storage: Option<Storage>,
    /// The bridge that machines are attached to.
    #[prop(default = "\"vmbr0\"")]
    pub bridge: Option<Spanned<String>>,
    /// What the host has to give; without it nothing is added up.
    #[block]
    pub capacity: Option<Capacity>,
}

/// How the certificate of a Proxmox API is verified.
///
/// Proxmox makes a certificate of its own, which no public authority has signed: pin it, or name the authority.
#[derive(Debug, Node)]
#[node(
    name = "tls",
    id = "proxmox-tls",
    example = r#"tls fingerprint="8B:1F:6C:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:01""#
)]
pub struct ProxmoxTls {
    /// The SHA-256 fingerprint of the certificate, as `pvenode cert info` shows it.
    #[prop]
    pub fingerprint: Option<Spanned<Fingerprint>>,
    /// The authority's certificate in PEM; of Proxmox' own authority it is `/etc/pve/pve-root-ca.pem`.
    #[prop]
    pub ca: Option<Spanned<PemCertificate>>,
}

/// Where images and disks lie on a host.
#[derive(Debug, Node)]
#[node(name = "storage", id = "proxmox-storage", example = r#"storage images="local" disks="local-lvm""#)]
pub struct Storage {
    /// The storage for images that disks are made from.
    #[prop(default = "\"local\"")]
    pub images: Option<Spanned<String>>,
    /// The storage for disks.
    #[prop(default = "\"local-lvm\"")]
    pub disks: Option<Spanned<String>>,
}

/// What a host has to give to machines.
#[derive(Debug, Node)]
#[node(name = "capacity", example = r#"capacity cores=32 memory="92GiB" reserved="8GiB" disk="1800GiB""#)]
pub struct Capacity {
    /// Hardware threads.
    #[prop]
    pub cores: Option<Spanned<u32>>,
    /// Memory.
    #[prop]
    pub memory: Option<Spanned<Bytes>>,
    /// The part of the memory that the host itself keeps.
    #[prop]
    pub reserved: Option<Spanned<Bytes>>,
    /// What the storage for disks holds.
    #[prop]
    pub disk: Option<Spanned<Bytes>>,
}

/// A host with everything that holds for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Host<'m> {
    pub(crate) name: &'m str,
    storage: Option<&'m Storage>,
    bridge: Option<&'m Spanned<String>>,
    pub(crate) capacity: Option<&'m Capacity>,
}

impl<'m> Host<'m> {
    /// The storage for images.
    pub(crate) fn images(&self) -> &'m str {
        self.storage.and_then(|storage| storage.images.as_ref()).map_or("local", |name| &name.value)
    }

    /// The storage for disks.
    pub(crate) fn disks(&self) -> &'m str {
        self.storage.and_then(|storage| storage.disks.as_ref()).map_or("local-lvm", |name| &name.value)
    }

    /// The bridge.
    pub(crate) fn bridge(&self) -> &'m str {
        self.bridge.map_or("vmbr0", |name| &name.value)
    }
}

impl Proxmox {
    /// Its hosts, in no particular order.
    pub(crate) fn hosts(&self) -> Vec<Host<'_>> {
        if self.node.is_empty() {
            let (storage, capacity) = (self.storage.as_ref(), self.capacity.as_ref());
            return vec![Host { name: &self.name.name, storage, bridge: self.bridge.as_ref(), capacity }];
        }
        self.node.iter().map(ProxmoxNode::host).collect()
    }
}

impl ProxmoxNode {
    fn host(&self) -> Host<'_> {
        Host {
            name: self.name.value.as_str(),
            storage: self.storage.as_ref(),
            bridge: self.bridge.as_ref(),
            capacity: self.capacity.as_ref(),
        }
    }
}
