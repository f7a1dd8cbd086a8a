//! What needs what, across the homelab: read off the model and what it becomes.
//!
//! A relation leads from what asks to what answers: from a zone to the server, from there to a gateway, to a workload, to its
//! store. `hlc graph` draws them, and [`check::bootstrap`](crate::check) looks for rings in those that a start waits for.
//! Workloads name each other by the hosts of Services and routes, written out or referred to; both are found in the data
//! that references have become ([`mentions`]).

mod hosts;
mod mentions;
mod network;

use hlc_diag::Span;
use hlc_schema::ScopeId;

use crate::lower::{Carrier, Unit};
use crate::model::Model;
use crate::resolve::Resolver;
use crate::workload::{Oidc, Workload};

pub(crate) use hosts::Hosts;
pub(crate) use network::{pools, service_at, wanted_addresses};

/// Something that needs or is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Thing<'m> {
    Zone(&'m str),
    Server(&'m str),
    Gateway(&'m str),
    Workload(&'m str),
    Addon(&'m str),
    Authentik,
    Store(&'m str),
    Repository,
    Cluster(&'m str),
    Pool(&'m str, &'m str),
    Host(&'m str),
}

impl Thing<'_> {
    /// What drawings know it by: the kind and name that it is written with.
    pub(crate) fn id(self) -> String {
        let (kind, name) = match self {
            Self::Zone(name) => ("zone", name),
            Self::Server(name) => ("server", name),
            Self::Gateway(name) => ("gateway", name),
            Self::Workload(name) => ("workload", name),
            Self::Addon(name) => ("addon", name),
            Self::Authentik => return "authentik".to_owned(),
            Self::Store(name) => ("secret-store", name),
            Self::Repository => return "repository".to_owned(),
            Self::Cluster(name) => ("talos", name),
            Self::Pool(cluster, name) => return format!("pool.{cluster}.{name}"),
            Self::Host(name) => ("proxmox", name),
        };
        format!("{kind}.{name}")
    }
}

impl std::fmt::Display for Thing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Zone(name) => write!(f, "zone `{name}`"),
            Self::Server(name) => write!(f, "server `{name}`"),
            Self::Gateway(name) => write!(f, "gateway `{name}`"),
            Self::Workload(name) => write!(f, "workload `{name}`"),
            Self::Addon(name) => write!(f, "addon `{name}`"),
            Self::Authentik => f.write_str("Authentik"),
            Self::Store(name) => write!(f, "secret store `{name}`"),
            Self::Repository => f.write_str("the repository"),
            Self::Cluster(name) => write!(f, "cluster `{name}`"),
            Self::Pool(_, name) => write!(f, "pool `{name}`"),
            Self::Host(name) => write!(f, "Proxmox `{name}`"),
        }
    }
}

/// How one thing needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// Records lead there.
    Record,
    /// Requests from the internet are handed on.
    HandsOn,
    /// Requests for a host are handed on.
    Serves,
    /// It is made by, or part of it.
    MadeBy,
    /// Secrets are read.
    Secret,
    /// People log in there.
    Login,
    /// It calls a Service or a host.
    Calls,
    /// It keeps its data in a database there.
    Database,
    /// Images are pulled from there.
    Image,
    /// Volumes are kept there.
    Storage,
    /// Its pods run in this runtime.
    Runtime,
    /// Certificates are signed there, or domains proven.
    Certificate,
    /// Manifests are read from there.
    Manifests,
    /// Names are looked up there.
    NameServer,
    /// Machines run there.
    RunsOn,
}

impl Need {
    /// The word on a line of a drawing; none where the ends say it.
    pub(crate) const fn label(self) -> Option<&'static str> {
        match self {
            Self::Record => Some("records"),
            Self::HandsOn | Self::Serves | Self::MadeBy | Self::RunsOn => None,
            Self::Secret => Some("secrets"),
            Self::Login => Some("login"),
            Self::Calls => None,
            Self::Database => Some("database"),
            Self::Image => Some("images"),
            Self::Storage => Some("volumes"),
            Self::Runtime => Some("runtime"),
            Self::Certificate => Some("certificates"),
            Self::Manifests => Some("manifests"),
            Self::NameServer => Some("names"),
        }
    }
}

/// One thing that needs another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Relation<'m> {
    pub(crate) from: Thing<'m>,
    pub(crate) to: Thing<'m>,
    pub(crate) need: Need,
    /// Where it is written.
    pub(crate) at: Span,
    /// In words that follow "workload `web` …".
    pub(crate) why: String,
}

/// What a unit is called here.
pub(crate) fn thing<'m>(unit: &Unit<'m>) -> Thing<'m> {
    match unit.carrier {
        Carrier::ArgoCd => Thing::Workload(&unit.source.name.name),
        Carrier::Apply => Thing::Addon(&unit.source.name.name),
    }
}

/// Looks relations up and gathers them.
pub(crate) struct Gather<'g, 'm> {
    pub(crate) model: &'m Model,
    pub(crate) resolver: &'g Resolver<'m>,
    pub(crate) units: &'g [Unit<'m>],
    pub(crate) hosts: &'g Hosts<'m>,
    makers: &'g mentions::Makers<'m>,
    found: Vec<Relation<'m>>,
}

/// Every relation, each once, in an order of its own.
pub(crate) fn relations<'m>(model: &'m Model, resolver: &Resolver<'m>, units: &[Unit<'m>]) -> Vec<Relation<'m>> {
    let hosts = Hosts::gather(model, resolver, units);
    let makers = mentions::Makers::of(units);
    let of_units = resolver.each(units, |resolver, unit| {
        let mut gather = Gather { model, resolver, units, hosts: &hosts, makers: &makers, found: Vec::new() };
        if !unit.idle {
            gather.unit(unit);
        }
        gather.found
    });
    let found = of_units.into_iter().flatten().collect();
    let mut gather = Gather { model, resolver, units, hosts: &hosts, makers: &makers, found };
    gather.identity();
    gather.stores();
    gather.repository();
    gather.edge();
    gather.zones();
    gather.machines();
    let mut found = gather.found;
    found.sort();
    // Of several places that say the same, the first.
    found.dedup_by(|b, a| (a.from, a.to, a.need) == (b.from, b.to, b.need));
    found
}

impl<'m> Gather<'_, 'm> {
    fn add(&mut self, from: Thing<'m>, to: Option<Thing<'m>>, need: Need, at: Span, why: impl Into<String>) {
        let Some(to) = to else { return };
        if from != to {
            self.found.push(Relation { from, to, need, at, why: why.into() });
        }
    }

    fn unit(&mut self, unit: &Unit<'m>) {
        let own = thing(unit);
        let source: &'m Workload = unit.source;
        for gateway in &source.gateway {
            let gateway = Thing::Gateway(&gateway.name.name);
            self.add(gateway, Some(own), Need::MadeBy, source.name.span, "is made by it");
        }
        for route in &source.route {
            let Some((gateway, _)) = route.gateway(self.model) else { continue };
            let why = format!("hands requests for route `{}` on to it", route.name.name);
            self.add(Thing::Gateway(&gateway.name.name), Some(own), Need::Serves, route.name.span, why);
        }
        for secret in &source.secret {
            let Some(store) = secret.store(self.model) else { continue };
            let why = format!("waits for the Secret `{}` from it", secret.name.name);
            self.add(own, Some(Thing::Store(&store.name.name)), Need::Secret, secret.name.span, why);
        }
        for oidc in &source.oidc {
            self.add(own, Some(Thing::Authentik), Need::Login, oidc.name.span, "sends people there to log in");
        }
        for certificate in &source.certificate {
            let issuer = &certificate.issuer;
            let signer = self.units.iter().find(|it| it.source.issuer.iter().any(|it| it.name.name == issuer.name));
            self.add(own, signer.map(thing), Need::Certificate, issuer.span, "has certificates signed by it");
        }
        self.mentions(unit);
    }

    fn identity(&mut self) {
        for (scope, authentik) in &self.model.authentik {
            let url = self.resolver.value(&authentik.url, *scope);
            if let Some(url) = url {
                let host = hosts::host_of(url.value.as_str());
                let at = authentik.head;
                self.add(
                    Thing::Authentik,
                    self.hosts.owner(host),
                    Need::RunsOn,
                    at,
                    format!("runs there, as `{host}`"),
                );
            }
            for oidc in &authentik.oidc {
                let Some(owner) = self.of_route(oidc, *scope) else { continue };
                let why = "sends people there to log in";
                self.add(owner, Some(Thing::Authentik), Need::Login, oidc.name.span, why);
            }
        }
    }

    /// What has the route of an application.
    fn of_route(&self, oidc: &Oidc, scope: ScopeId) -> Option<Thing<'m>> {
        let url = oidc.route_url(self.resolver, scope)?;
        self.hosts.owner(hosts::host_of(&url))
    }

    fn stores(&mut self) {
        for store in self.model.stores() {
            let Some(host) = self.resolver.value(&store.host, ScopeId::default()) else { continue };
            let name = hosts::host_of(host.value.as_str());
            let owner = self.hosts.owner(name);
            self.add(
                Thing::Store(&store.name.name),
                owner,
                Need::RunsOn,
                store.name.span,
                format!("runs there, as `{name}`"),
            );
        }
    }

    fn repository(&mut self) {
        let Some(repository) = self.model.homelab.as_ref().and_then(|homelab| homelab.repository.as_ref()) else {
            return;
        };
        for unit in self.units.iter().filter(|unit| unit.source.delivery.is_some()) {
            self.add(
                thing(unit),
                Some(Thing::Repository),
                Need::Manifests,
                repository.url.span,
                "reads manifests from it",
            );
        }
        let host = hosts::host_of(repository.url.value.as_str());
        let why = format!("lies there, at `{host}`");
        self.add(Thing::Repository, self.hosts.owner(host), Need::RunsOn, repository.url.span, why);
    }
}
