//! What of a homelab answers from outside, as far as the rules ask.

use std::collections::BTreeMap;

use hlc_diag::Span;

/// The hosts of a homelab by their names.
#[derive(Clone, Debug, Default)]
pub struct Exposure {
    /// Every host; of two routes with one host, what is more open.
    pub hosts: BTreeMap<String, HostExposure>,
}

/// How open a host is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostExposure {
    /// True when the internet is to reach it.
    pub public: bool,
    /// Who asks for a login, in words; `None` when nobody does.
    pub guard: Option<String>,
    /// Where the route says it.
    pub origin: Option<Span>,
}

impl Exposure {
    /// Adds a host. Of a host that is known already, what is more open stays.
    pub fn insert(&mut self, name: impl Into<String>, host: HostExposure) {
        let openness = |host: &HostExposure| (host.public, host.guard.is_none());
        let known = self.hosts.entry(name.into()).or_insert_with(|| host.clone());
        if openness(&host) > openness(known) {
            *known = host;
        }
    }
}
