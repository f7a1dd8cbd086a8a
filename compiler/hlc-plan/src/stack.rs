//! The stacks: what Kubernetes does not run.

use std::fmt;

use crate::PlannedResource;

/// A part of the homelab that is carried out by calling APIs: `hlc apply core/NAME`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stack {
    /// Virtual machines on Proxmox, and the Talos cluster on them.
    Talos,
    /// What the cluster needs before Argo CD can run workloads.
    Platform,
    /// Servers at Hetzner, and what runs on them.
    Hetzner,
    /// Who may log in where, in Authentik.
    Authentik,
    /// DNS at Cloudflare.
    Cloudflare,
}

impl Stack {
    /// Every stack, in the order a new homelab applies them.
    pub const ALL: [Self; 5] = [Self::Talos, Self::Platform, Self::Hetzner, Self::Authentik, Self::Cloudflare];

    /// Its name in addresses and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Talos => "talos",
            Self::Platform => "platform",
            Self::Hetzner => "hetzner",
            Self::Authentik => "authentik",
            Self::Cloudflare => "cloudflare",
        }
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One stack's part of the plan.
#[derive(Clone, Debug)]
pub struct PlannedStack {
    /// Which one.
    pub stack: Stack,
    /// Its resources, ordered by address, each address once.
    pub resources: Vec<PlannedResource>,
}
