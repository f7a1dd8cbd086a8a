//! A project at Hetzner Cloud.

use hlc_schema::{Def, Node, SecretKey};

use super::{EdgeRoute, Firewall, Server};

/// A project at Hetzner Cloud: servers that the internet reaches.
#[derive(Debug, Node)]
#[node(
    name = "hetzner",
    example = r#"hetzner token=(secret)HCLOUD_TOKEN {
    (existing)ssh-key "laptop"
    firewall "edge" { allow "https" tcp=443 }
    server "edge" type="cpx21" image="ubuntu-24.04" location="ash" firewall="edge" {
        ssh key="laptop" user="root" identity="~/.ssh/id_ed25519"
    }
}"#
)]
pub struct Hetzner {
    /// The API token of the project, with permission to read and write.
    #[prop]
    pub token: SecretKey,
    /// SSH keys of the project.
    #[block]
    pub ssh_key: Vec<SshKey>,
    /// Firewalls.
    #[block]
    pub firewall: Vec<Firewall>,
    /// Servers.
    #[block]
    pub server: Vec<Server>,
    /// Hosts that the edge itself answers: each gets a router, and `from-routes` of a zone its DNS record.
    #[block]
    pub route: Vec<EdgeRoute>,
}

/// A public SSH key that is registered at Hetzner already.
#[derive(Debug, Node)]
#[node(name = "ssh-key", annotations(existing), example = r#"(existing)ssh-key "laptop""#)]
pub struct SshKey {
    /// Its name at Hetzner.
    #[arg]
    pub name: Def<SshKey>,
    /// True: hlc looks it up and never makes it, since its private half belongs to a person.
    #[annotated("existing")]
    pub existing: bool,
}
