//! What Hetzner's API makes (Hetzner Cloud API v1).

use std::net::Ipv4Addr;

use hlc_plan::{Input, Kind, OutputDecl, Part};
use hlc_schema::Data;

const ID: OutputDecl = OutputDecl { name: "id", doc: "Its number at Hetzner.", secret: false };

/// A public SSH key, looked up (`GET /ssh_keys?name=`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "ssh-key", stack = Hetzner, identity = "name", outputs = KEY_OUTPUTS)]
pub struct SshKey {
    /// Its name.
    #[change(identity)]
    pub name: String,
}

const KEY_OUTPUTS: &[OutputDecl] = &[ID];

/// A firewall (`/firewalls`). Its rules are replaced as a whole (`actions/set_rules`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "firewall", stack = Hetzner, identity = "name", outputs = FIREWALL_OUTPUTS)]
pub struct Firewall {
    /// Its name.
    #[change(identity)]
    pub name: String,
    /// What may come in.
    #[change(update)]
    pub rules: Vec<FirewallRule>,
    /// Fields that hlc does not know.
    #[change(update)]
    pub extra: Option<Data>,
}

const FIREWALL_OUTPUTS: &[OutputDecl] = &[ID];

/// A rule of a firewall.
#[derive(Clone, Debug, Part)]
pub struct FirewallRule {
    /// What it is for.
    pub description: String,
    /// `in`
    pub direction: &'static str,
    /// `tcp`, `udp` or `icmp`.
    pub protocol: &'static str,
    /// A port or `first-last`; none for `icmp`.
    pub port: Option<String>,
    /// Networks that may come in.
    pub source_ips: Vec<String>,
}

/// A public IPv4 address that outlives the server it is assigned to (`/primary_ips`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "primary-ip", stack = Hetzner, identity = "name; its address when it is looked up", protected, outputs = IP_OUTPUTS)]
pub struct PrimaryIp {
    /// Its name, when hlc makes it.
    #[change(identity)]
    pub name: Option<String>,
    /// Its address, when it is there already.
    #[change(identity)]
    pub ip: Option<Input<Ipv4Addr>>,
    /// `ipv4`
    #[change(replace)]
    pub r#type: &'static str,
    /// The location it belongs to.
    #[change(replace)]
    pub location: Input<String>,
    /// True when it goes with its server.
    #[change(update)]
    pub auto_delete: bool,
}

const IP_OUTPUTS: &[OutputDecl] = &[ID, OutputDecl { name: "ip", doc: "The address.", secret: false }];

/// A server (`/servers`).
///
/// Another size takes a shutdown (`actions/change_type`); another image or location is another server.
#[derive(Clone, Debug, Kind)]
#[kind(name = "server", stack = Hetzner, identity = "name", protected, outputs = SERVER_OUTPUTS)]
pub struct Server {
    /// Its name.
    #[change(update)]
    pub name: String,
    /// Its size.
    #[change(restart)]
    pub server_type: Input<String>,
    /// The system it is made from.
    #[change(replace)]
    pub image: Input<String>,
    /// Where it stands.
    #[change(replace)]
    pub location: Input<String>,
    /// Keys that it lets in at its first start.
    #[change(create)]
    pub ssh_keys: Vec<Input<String>>,
    /// Firewalls applied to it.
    #[change(update)]
    pub firewalls: Vec<Input<String>>,
    /// The primary IP assigned to it.
    #[change(restart)]
    pub ipv4: Input<String>,
    /// True for an IPv6 address too.
    #[change(restart)]
    pub enable_ipv6: bool,
    /// What cloud-init reads at the first start.
    #[change(create)]
    pub user_data: Option<Input<String>>,
    /// Labels.
    #[change(update)]
    pub labels: Option<Data>,
    /// Fields that hlc does not know.
    #[change(create)]
    pub extra: Option<Data>,
}

const SERVER_OUTPUTS: &[OutputDecl] = &[
    ID,
    OutputDecl { name: "ipv4", doc: "Its public IPv4 address.", secret: false },
    OutputDecl { name: "ipv6", doc: "Its public IPv6 address: the first of its network.", secret: false },
];
